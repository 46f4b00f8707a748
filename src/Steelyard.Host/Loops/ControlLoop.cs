using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Host.Logging;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Loops;

/// <summary>
/// The control thread: hears the wires, the kernel, the engine and the inbox, and tells the
/// controller in the order of urgency; sleeps until the controller's deadline.
/// </summary>
internal sealed class ControlLoop : IDisposable
{
    private const int LongestFrame = 2048;

    /// <summary>
    /// Frames of one interface in one turn, so that no interface starves another.
    /// </summary>
    private const int FramesPerTurn = 64;

    /// <summary>
    /// News of the engine in one turn: a flood of them must hold up neither adverts nor the clock.
    /// </summary>
    private const int EventsPerTurn = 512;

    /// <summary>Above every ordinary thread, below the kernel's own watchdogs.</summary>
    private const int RealTimePriority = 20;

    private readonly Engine _engine;
    private readonly PortPoller _poller;
    private readonly InterfaceRoom _interfaces;
    private readonly LocalRoom _local;
    private readonly SyncRoom _sync;
    private readonly LinkMonitor _links = new();
    private readonly ShieldRoom _shield;
    private readonly ILogger _log;
    private readonly Action<Exception> _onDeath;
    private readonly Thread _thread;
    private readonly byte[] _frame = new byte[LongestFrame];
    private readonly Controller _controller;
    private long _turns;
    private volatile bool _stops;

    public ControlLoop(
        Controller controller,
        Engine engine,
        DataLoop data,
        PortPoller poller,
        WorldEffects effects,
        ILogger log,
        Action<Exception> onDeath)
    {
        _controller = controller;
        _engine = engine;
        _poller = poller;
        _log = log;
        _onDeath = onDeath;
        _interfaces = new InterfaceRoom(data, poller, log);
        _local = new LocalRoom(log);
        _shield = new ShieldRoom(log, controller.Warnings);
        effects.Interfaces = _interfaces;
        effects.Shield = _shield;
        _sync = new SyncRoom(poller, effects, log);
        Inbox = new Inbox(poller.Wake);
        _thread = new Thread(Run) { Name = "control", IsBackground = true };
    }

    public Inbox Inbox { get; }

    /// <summary>How often the loop has turned.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>When what the kernel refused is tried again.</summary>
    private Instant RetryAt => Instant.Earlier(_interfaces.Deadline, _local.Deadline);

    public void Start() => _thread.Start();

    /// <summary>Ends the loop after it has resigned everywhere.</summary>
    public void Dispose()
    {
        _stops = true;
        _poller.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _interfaces.Dispose();
        _shield.Dispose();
        _local.Dispose();
        _sync.Dispose();
        _links.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
        try
        {
            if (!ThreadTuning.TrySetRealTime(RealTimePriority))
            {
                const string Missing = "the control loop runs without real-time priority "
                    + "(CAP_SYS_NICE is missing): a busy machine may delay adverts";
                Log.RightMissing(_log, Missing);
                _controller.Warnings.Set("control loop", Missing);
            }

            _poller.Add(_links);
            ReadNetwork(MonotonicClock.Now);
            while (!_stops)
            {
                _ = _poller.Wait(HasLeft()
                    ? Instant.Zero
                    : Instant.Earlier(_controller.Deadline, RetryAt));
                Turn();
                Volatile.Write(ref _turns, unchecked(_turns + 1));
            }
        }
#pragma warning disable CA1031 // Whatever it is, it is our own mistake, and ends the process.
        catch (Exception mistake)
#pragma warning restore CA1031
        {
            _onDeath(mistake);
        }
    }

    /// <summary>Something waits that the last turn did not come to.</summary>
    private bool HasLeft() => !_engine.Events.IsEmpty || !Inbox.IsEmpty;

    /// <summary>What has arrived comes before what is due: a late advert is no silence.</summary>
    private void Turn()
    {
        foreach (ServedInterface served in _interfaces.Served)
        {
            TakeFrames(served);
        }

        _sync.TakeDatagrams(_controller);
        TakeEngineEvents();
        Instant now = MonotonicClock.Now;
        if (_links.TakeChanges() || now >= RetryAt)
        {
            ReadNetwork(now);
        }

        ApplianceConfig before = _controller.Config;
        ImmutableArray<string> wantedBefore = _controller.WantedInterfaces;
        LocalPlan planBefore = _controller.LocalPlan;
        Inbox.Drain(_controller, now);
        if (!ReferenceEquals(before, _controller.Config)
            || !wantedBefore.SequenceEqual(_controller.WantedInterfaces)
            || planBefore != _controller.LocalPlan)
        {
            ReadNetwork(now);
        }
        else if (_sync.IsBehind(_controller))
        {
            _sync.Reconcile(_controller);
        }

        _controller.OnDeadline(MonotonicClock.Now);
    }

    private void TakeFrames(ServedInterface served)
    {
        for (int taken = 0; taken < FramesPerTurn; taken++)
        {
            if (!served.Control.TryReceive(_frame, out int length, out _))
            {
                return;
            }

            _controller.OnFrame(
                served.InterfaceIndex, _frame.AsSpan(0, length), MonotonicClock.Now);
        }
    }

    private void TakeEngineEvents()
    {
        Instant now = MonotonicClock.Now;
        for (int taken = 0; taken < EventsPerTurn; taken++)
        {
            if (!_engine.Events.TryTake(out EngineEvent happening))
            {
                return;
            }

            _controller.OnEngineEvent(happening, now);
        }
    }

    private void ReadNetwork(Instant now)
    {
        NetworkPicture picture = _links.Read();
        _controller.OnNetwork(picture, now);
        bool changed = _interfaces.Reconcile(_controller, now);
        _controller.OnRefused(_interfaces.Refused, now);
        if (changed)
        {
            // What was sent to an interface that nobody served yet is said again.
            _controller.OnPortsChanged(_interfaces.Ports, now);
        }

        _local.Reconcile(_controller.LocalPlan, picture, now);
        _sync.Reconcile(_controller);
    }
}

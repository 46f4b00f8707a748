using System;
using System.Collections.Concurrent;
using System.Threading;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// The data thread: turns the engine as long as there is work, and sleeps on its ports when there
/// is none. Nobody else touches the engine's state.
/// </summary>
internal sealed class DataLoop : IDisposable
{
    private readonly Engine _engine;
    private readonly Action _onEvents;
    private readonly Action<Exception> _onDeath;
    private readonly PortPoller _poller = new();
    private readonly ConcurrentQueue<(AttachPort Attach, AfPacketPort Port, bool Comes)> _changes =
        new();
    private readonly Thread _thread;
    private long _turns;
    private volatile bool _stops;

    /// <param name="onEvents">
    /// Called by the data thread when the engine has events; must not wait.
    /// </param>
    /// <param name="onDeath">Called when the engine broke: the process must end.</param>
    public DataLoop(Engine engine, Action onEvents, Action<Exception> onDeath)
    {
        _engine = engine;
        _onEvents = onEvents;
        _onDeath = onDeath;
        _thread = new Thread(Run) { Name = "data", IsBackground = true };
    }

    /// <summary>How often the engine has turned: a watchdog sees from it that it lives.</summary>
    public long Turns => Volatile.Read(ref _turns);

    public void Start() => _thread.Start();

    /// <summary>Hands a command over; false when the engine's queue is full.</summary>
    public bool TryCommand(IEngineCommand command)
    {
        bool taken = _engine.Commands.TryPut(command);
        _poller.Wake();
        return taken;
    }

    /// <summary>Gives the engine a port, and sleeps on it from now on.</summary>
    public void Attach(AttachPort attach, AfPacketPort port) => Change(attach, port, comes: true);

    /// <summary>Takes a port out of the engine; the data thread disposes of it.</summary>
    public void Detach(AttachPort attach, AfPacketPort port) => Change(attach, port, comes: false);

    /// <summary>Has the loop turn once more: one that hangs does not.</summary>
    public void Nudge() => _poller.Wake();

    public void Dispose()
    {
        _stops = true;
        _poller.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _poller.Dispose();
    }

    private void Change(AttachPort attach, AfPacketPort port, bool comes)
    {
        _changes.Enqueue((attach, port, comes));
        _poller.Wake();
    }

    private void Run()
    {
        try
        {
            while (!_stops)
            {
                ApplyChanges();
                int handled = _engine.Turn(MonotonicClock.Now);
                Volatile.Write(ref _turns, unchecked(_turns + 1));
                if (!_engine.Events.IsEmpty)
                {
                    _onEvents();
                }

                if (handled == 0)
                {
                    _ = _poller.Wait(_engine.Deadline);
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, it is our own mistake, and ends the process.
        catch (Exception mistake)
#pragma warning restore CA1031
        {
            _onDeath(mistake);
        }
    }

    private void ApplyChanges()
    {
        while (_changes.TryDequeue(out (AttachPort Attach, AfPacketPort Port, bool Comes) change))
        {
            if (change.Comes)
            {
                change.Attach.Apply(_engine, MonotonicClock.Now);
                _poller.Add(change.Port);
            }
            else
            {
                new DetachPort(change.Port.InterfaceIndex).Apply(_engine, MonotonicClock.Now);
                _poller.Remove(change.Port);
                change.Port.Dispose();
            }
        }
    }
}

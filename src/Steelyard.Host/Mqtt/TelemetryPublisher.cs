using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Carries one outbox to one broker, on a task of its own. A broker that is slow or gone costs
/// this task its time, and nobody else anything; a message that it refuses is dropped.
/// </summary>
internal sealed class TelemetryPublisher : IAsyncDisposable
{
    /// <summary>A broker that takes longer than this for one step is as good as gone.</summary>
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);

    // A broker that takes us and throws us out again is asked less and less often.
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

    // Two clients of one id throw each other out with each retry. One that came once, such as a
    // person's, or ourselves before a cable was pulled, does not do so again and again.
    private const int TakeoversSuspicious = 3;

    private const int RefusalsSaid = 64;

    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(5);

    private static readonly byte[] Online = Encoding.ASCII.GetBytes(Presence.Online);
    private static readonly byte[] Offline = Encoding.ASCII.GetBytes(Presence.Offline);

    private readonly CancellationTokenSource _stop = new();
    private readonly Topics _topics;
    private readonly string _broker;
    private readonly Func<IBrokerLink> _connect;
    private readonly BackOff _backOff;
    private readonly Func<TimeSpan, CancellationToken, Task> _wait;
    private readonly ILogger _log;
    private readonly bool _sweeps;
    private readonly TimeProvider _time;
    private readonly HangUps _hangUps;
    private readonly HashSet<string> _saidRefused = new(StringComparer.Ordinal);
    private Task _run = Task.CompletedTask;
    private bool _saidGone;
    private bool _confirms;
    private bool _wasSending;
    private int _takeovers;
    private bool _isFoughtFor;

    /// <param name="broker">The broker as a person would name it.</param>
    /// <param name="connect">Makes a fresh link for each try.</param>
    /// <param name="wait">How time passes between tries.</param>
    /// <param name="sweeps">
    /// Whether the broker outlives this program, so that it may hold values of services that are
    /// no more: those are removed.
    /// </param>
    /// <param name="time">Tells how long a connection lasted.</param>
    public TelemetryPublisher(
        Topics topics,
        string broker,
        Func<IBrokerLink> connect,
        BackOff backOff,
        ILogger log,
        Func<TimeSpan, CancellationToken, Task>? wait = null,
        bool sweeps = false,
        TimeProvider? time = null)
    {
        _topics = topics;
        _broker = broker;
        _connect = connect;
        _backOff = backOff;
        _log = log;
        _wait = wait ?? Task.Delay;
        _sweeps = sweeps;
        _time = time ?? TimeProvider.System;
        _hangUps = new(_time);
    }

    public Outbox Outbox { get; } = new();

    public bool IsConnected { get; private set; }

    /// <summary>The broker as a person would name it.</summary>
    public string Broker => _broker;

    /// <summary>What is wrong, in words; null when nothing is.</summary>
    public string? Fault { get; private set; }

    public void Start() => _run = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            string reason = await TalkAsync();
            IsConnected = false;
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            if (!_isFoughtFor)
            {
                Fault = reason;
                SayGone(reason);
            }

            try
            {
                await _wait(_backOff.Next(), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void SayGone(string reason)
    {
        if (!_saidGone)
        {
            _saidGone = true;
            Log.BrokerGone(_log, _broker, reason);
        }
    }

    /// <summary>One connection from its beginning to its end.</summary>
    /// <returns>Why it ended.</returns>
    private async Task<string> TalkAsync()
    {
        try
        {
            await using IBrokerLink link = _connect();
            await StepAsync(link.ConnectAsync);
            await StepAsync(step => link.SendAsync(Hello(Online), step));
            return await TalkAsync(link);
        }
#pragma warning disable CA1031 // The one place where a failing broker ends up, whatever it throws.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Innermost(failure).Message;
        }
    }

    private async Task<string> TalkAsync(IBrokerLink link)
    {
        IsConnected = true;
        link.Confirms = _confirms;
        if (!_isFoughtFor)
        {
            Fault = null;
            _saidGone = false;
            Log.PublishesTo(_log, _broker);
        }

        Outbox.MakeAllDue();
        long since = _time.GetTimestamp();
        try
        {
            string reason = await PumpAsync(link);
            if (_stop.IsCancellationRequested)
            {
                await FarewellAsync(link);
            }

            return reason;
        }
        finally
        {
            NoteEnd(link, _time.GetElapsedTime(since));
        }
    }

    private void NoteEnd(IBrokerLink link, TimeSpan lasted)
    {
        bool isLost = link.Lost.IsCancellationRequested;
        bool wasTaken = isLost && link.End.IsTakeover;

        // Mosquitto does not say that another came: it only ends what no message is on its way by.
        bool mayBeTaken = wasTaken || (isLost && link.End == LinkEnd.Closed && !_wasSending);

        // Which message it was that made the broker hang up is seen the next time.
        _confirms = isLost && !wasTaken;
        _wasSending = false;
        if (lasted >= Peace || !mayBeTaken)
        {
            _takeovers = 0;
            _isFoughtFor = _isFoughtFor && lasted < Peace;
        }

        _takeovers += mayBeTaken ? 1 : 0;
        bool isFight = _takeovers >= TakeoversSuspicious;
        if (lasted >= Lasting && !(wasTaken && isFight))
        {
            _backOff.Reset();
        }

        if (isFight && !_isFoughtFor)
        {
            _isFoughtFor = true;
            string what = wasTaken
                ? $"another client with the id {_topics.ClientId} takes its session"
                : $"the connection ends, perhaps by another client with the id {_topics.ClientId},";
            Fault = $"{what} again and again: is there a second box of this name (router_id)?";
            Log.BrokerFoughtFor(_log, _broker, Fault);
        }
    }

    private async Task<string> PumpAsync(IBrokerLink link)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, link.Lost);
        bool hasSwept = !_sweeps;
        try
        {
            while (true)
            {
                await Outbox.WaitAsync(ends.Token);
                while (!ends.IsCancellationRequested && Outbox.TryTake(out Outgoing message))
                {
                    await SendOrReturnAsync(link, message);
                }

                link.Confirms &= ends.IsCancellationRequested;
                if (!hasSwept && Outbox.Holds(_topics.State))
                {
                    hasSwept = true;
                    await SweepAsync(link, ends.Token);
                }
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            return link.End.Reason;
        }
    }

    private async Task SendOrReturnAsync(IBrokerLink link, Outgoing message)
    {
        if (_hangUps.LeavesOut(message))
        {
            Drop(message, "the broker hangs up when it gets this");
            return;
        }

        try
        {
            string? refusal = null;
            await StepAsync(async step => refusal = await link.SendAsync(message, step));
            if (refusal is not null)
            {
                Drop(message, refusal);
            }
            else
            {
                _hangUps.Forgive(message);
            }
        }
        catch (Exception failure)
        {
            _wasSending = true;
            bool isHungUp = link.Lost.IsCancellationRequested && !link.End.IsTakeover;
            if (isHungUp && failure is not TimeoutException && !_stop.IsCancellationRequested)
            {
                _hangUps.Note(message);
            }

            Outbox.Return(message);
            throw;
        }
    }

    /// <summary>
    /// Asked again, the broker would answer the same, and what follows would wait.
    /// </summary>
    private void Drop(in Outgoing message, string refusal)
    {
        Outbox.CountDropped();
        if (_saidRefused.Count < RefusalsSaid && _saidRefused.Add(message.Topic))
        {
            Log.BrokerRefused(_log, _broker, message.Topic, refusal);
        }
    }

    private async Task SweepAsync(IBrokerLink link, CancellationToken cancellation)
    {
        foreach (string topic in await link.ListRetainedAsync(_topics.All, cancellation))
        {
            if (topic != _topics.Availability && !Outbox.Holds(topic))
            {
                Outbox.Put(new(topic, ReadOnlyMemory<byte>.Empty, IsRetained: true));
            }
        }
    }

    /// <summary>
    /// A clean goodbye discards the last will, so what it would say is said here.
    /// </summary>
    private async Task FarewellAsync(IBrokerLink link)
    {
        using CancellationTokenSource patience = new(FarewellTimeout);
        while (Outbox.TryTake(out Outgoing message))
        {
            _ = await link.SendAsync(message, patience.Token);
        }

        _ = await link.SendAsync(Hello(Offline), patience.Token);
        await link.PartAsync(patience.Token);
    }

    private Outgoing Hello(byte[] presence) =>
        new(_topics.Availability, presence, IsRetained: true);

    private async Task StepAsync(Func<CancellationToken, Task> step)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(StepTimeout);
        try
        {
            await step(patience.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {StepTimeout.TotalSeconds:0} s");
        }
    }

    private static Exception Innermost(Exception failure) =>
        failure.InnerException is { } inner ? Innermost(inner) : failure;
}

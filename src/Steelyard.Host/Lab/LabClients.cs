using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;

namespace Steelyard.Host.Lab;

/// <summary>
/// The clients. Most ask once over a connection of their own, at a steady rate whatever becomes of
/// the earlier requests (an open loop: slow answers do not slow the asking); a few keep theirs
/// alive.
/// </summary>
internal sealed class LabClients : IDisposable
{
    private const int NewConnectionsPerSecond = 180;
    private const int KeptConnections = 4;

    // So that 180 new ones and four kept ones make 200 requests a second.
    private static readonly TimeSpan BetweenKeptRequests = TimeSpan.FromMilliseconds(200);

    // A lost SYN is sent again after one second and, if that is lost too, after three.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int MostWaiting = 4_000;

    private readonly NetworkNamespace _place;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _pacer;
    private readonly Task[] _kept = new Task[KeptConnections];
    private int _waiting;

    public LabClients(NetworkNamespace place)
    {
        _place = place;
        _pacer = new Thread(Pace) { IsBackground = true, Name = "lab clients" };
        _pacer.Start();
        for (int index = 0; index < KeptConnections; index++)
        {
            _kept[index] = Task.Run(KeepAliveAsync);
        }
    }

    public LabTally Tally { get; } = new();

    /// <summary>Requests that wait for their answer.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Asks nothing more, and waits for the answers that are still to come.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_kept);
        Instant latest = MonotonicClock.Now + Patience + TimeSpan.FromSeconds(1);
        while (Waiting > 0 && MonotonicClock.Now < latest)
        {
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _pacer.Join();
        Task.WaitAll(_kept);
        _end.Dispose();
    }

    private void Pace()
    {
        _place.Enter();
        Instant start = MonotonicClock.Now;
        long launched = 0;
        while (!_end.IsCancellationRequested)
        {
            long due = (long)((MonotonicClock.Now - start).TotalSeconds * NewConnectionsPerSecond);
            for (; launched < due; launched++)
            {
                Launch();
            }

            Thread.Sleep(2);
        }
    }

    private void Launch()
    {
        Instant now = MonotonicClock.Now;
        if (Waiting >= MostWaiting)
        {
            Tally.OnFailure(Tally.Begin(now), "too many requests wait already", now);
            return;
        }

        LabRequest request = new(NewSocket());
        _ = Interlocked.Increment(ref _waiting);
        _ = Task.Run(async () =>
        {
            using (request)
            {
                _ = await AskAsync(request, connects: true, keepsAlive: false);
            }

            _ = Interlocked.Decrement(ref _waiting);
        });
    }

    private async Task KeepAliveAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            using LabRequest request = new(_place.Run(NewSocket));
            bool isGood = await AskAsync(request, connects: true, keepsAlive: true);
            while (isGood && !_end.IsCancellationRequested)
            {
                await Pause();
                isGood = await AskAsync(request, connects: false, keepsAlive: true);
            }

            await Pause();
        }
    }

    private Task Pause() => Task.Delay(BetweenKeptRequests, _end.Token)
        .ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>One request, counted; false when it failed.</summary>
    private async Task<bool> AskAsync(LabRequest request, bool connects, bool keepsAlive)
    {
        OpenRequest open = Tally.Begin(MonotonicClock.Now);
        using CancellationTokenSource deadline = new(Patience);
        try
        {
            if (connects)
            {
                await request.ConnectAsync(LabPlan.Web, deadline.Token);
            }

            string server = await request.GetAsync(keepsAlive, deadline.Token);
            Tally.OnAnswer(open, server, MonotonicClock.Now);
            return true;
        }
        catch (SocketException failure)
        {
            Fail(Explain(failure.SocketErrorCode));
        }
        catch (OperationCanceledException)
        {
            Fail($"no answer in {Patience.TotalSeconds:0} s");
        }
        catch (LabException failure)
        {
            Fail(failure.Message);
        }

        return false;

        void Fail(string reason) => Tally.OnFailure(open, reason, MonotonicClock.Now);
    }

    private static string Explain(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset",
        SocketError.HostUnreachable => "host unreachable",
        SocketError.NetworkUnreachable => "network unreachable",
        _ => error.ToString(),
    };

    private static Socket NewSocket() =>
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}

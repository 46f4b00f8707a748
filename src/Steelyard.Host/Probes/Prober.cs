using System;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;

namespace Steelyard.Host.Probes;

/// <summary>
/// Runs probes, many at once, and hands each outcome to a sink exactly once. One deadline bounds a
/// whole probe — connecting, asking, and the last byte of the answer — so that a server that drips
/// one byte a second fails like a silent one.
/// </summary>
public sealed class Prober : IAsyncDisposable
{
    // 256 servers that all time out after 5 s still get a probe every 5 s; files and memory stay
    // small.
    private const int DefaultAtOnce = 256;

    private readonly Action<int, ProbeOutcome> _sink;
    private readonly SemaphoreSlim _slots;
    private readonly HttpProbe _http = new();
    private readonly ConcurrentDictionary<int, Running> _running = new();

    /// <param name="sink">Takes a probe's id and outcome, on any thread; must not wait.</param>
    /// <param name="atOnce">Probes beyond this number wait for a place, in order.</param>
    public Prober(Action<int, ProbeOutcome> sink, int atOnce = DefaultAtOnce)
    {
        _sink = sink;
        _slots = new SemaphoreSlim(atOnce);
    }

    /// <summary>Starts a probe and returns at once. An id may run once at a time.</summary>
    public void Start(int probeId, CheckConfig check)
    {
        Running running = new();
        if (!_running.TryAdd(probeId, running))
        {
            running.Dispose();
            throw new InvalidOperationException($"probe {probeId} is already under way");
        }

        running.Task = Task.Run(() => RunAsync(probeId, check, running));
    }

    /// <summary>Ends a probe without an outcome; nothing happens when it ended already.</summary>
    public void Cancel(int probeId)
    {
        if (_running.TryRemove(probeId, out Running? running))
        {
            running.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (int probeId in _running.Keys)
        {
            if (_running.TryRemove(probeId, out Running? running))
            {
                running.Cancel();
                await running.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _http.Dispose();
        _slots.Dispose();
    }

    private async Task RunAsync(int probeId, CheckConfig check, Running running)
    {
        try
        {
            await _slots.WaitAsync(running.Token);
            try
            {
                ProbeOutcome outcome = await ProbeAsync(check, running.Token);
                Deliver(probeId, outcome, running);
            }
            finally
            {
                _ = _slots.Release();
            }
        }
        catch (OperationCanceledException) when (running.Token.IsCancellationRequested)
        {
            // Cancelled by its owner, who waits for no outcome.
        }
        finally
        {
            running.Dispose();
        }
    }

    private void Deliver(int probeId, ProbeOutcome outcome, Running running)
    {
        // Removed by Cancel in the meantime: its owner waits for no outcome. Removed before the
        // sink is called, so that the sink may start the next probe under the same id.
        if (_running.TryRemove(new(probeId, running)))
        {
            _sink(probeId, outcome);
        }
    }

    private async Task<ProbeOutcome> ProbeAsync(CheckConfig check, CancellationToken cancellation)
    {
        using CancellationTokenSource deadline =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(check.ConnectTimeout);
        try
        {
            return check.Kind switch
            {
                CheckKind.Tcp => await TcpProbe.RunAsync(check, deadline.Token),
                CheckKind.Http => await _http.RunAsync(check, deadline.Token),
                _ => ProbeOutcome.Bad($"a check of kind {check.Kind} cannot be run"),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            string patience = ProbeWords.Span(check.ConnectTimeout);
            return ProbeOutcome.Bad(
                $"{check.Target} did not finish its answer within {patience}");
        }
        catch (SocketException failure)
        {
            return ProbeOutcome.Bad(ProbeWords.Refusal(check.Target, failure));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever it was: an outcome is owed, or this server is never probed again.
            return ProbeOutcome.Bad($"the probe of {check.Target} failed: {failure.Message}");
        }
    }

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _cancellation = new();

        public Running() => Token = _cancellation.Token;

        public CancellationToken Token { get; }

        public Task Task { get; set; } = Task.CompletedTask;

        public void Cancel()
        {
            try
            {
                _cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The probe ended between our looking and our cancelling.
            }
        }

        public void Dispose() => _cancellation.Dispose();
    }
}

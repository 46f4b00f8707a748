using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Telemetry;
using Steelyard.Host.Logging;
using Steelyard.Host.Mqtt;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps a part of the box that forwarding does not need (the panel, telemetry, the dashboard) as
/// the configuration wants it. Whatever it throws ends here: it is said in the log and among the
/// warnings, and tried again until it works or is wanted otherwise. A part that hangs holds up
/// itself alone.
/// </summary>
internal sealed class Outlet : IAsyncDisposable
{
    /// <summary>How long whoever starts or reloads the box waits for one part.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Wish> _wishes;
    private readonly string _name;
    private readonly Func<ApplianceConfig, Task> _apply;
    private readonly StandingWarnings _warnings;
    private readonly ILogger _log;
    private readonly BackOff _backOff;
    private readonly Func<TimeSpan, CancellationToken, Task> _wait;
    private readonly Task _run;
    private string? _complaint;

    /// <param name="name">As it stands in a sentence: <c>telemetry</c>, <c>the panel</c>.</param>
    /// <param name="apply">Brings the part to a configuration; again is as good as once.</param>
    /// <param name="wait">How time passes.</param>
    public Outlet(
        string name,
        Func<ApplianceConfig, Task> apply,
        StandingWarnings warnings,
        ILogger log,
        BackOff backOff,
        Func<TimeSpan, CancellationToken, Task>? wait = null)
    {
        _name = name;
        _apply = apply;
        _warnings = warnings;
        _log = log;
        _backOff = backOff;
        _wait = wait ?? Task.Delay;
        _wishes = Channel.CreateBounded<Wish>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest },
            superseded => superseded.Tried.TrySetResult(null));
        _run = Task.Run(RunAsync);
    }

    /// <summary>Wants the part to be like this from now on.</summary>
    /// <returns>
    /// After the first try: null when the part is so, else a sentence that says why it is not.
    /// </returns>
    public async Task<string?> ConfigureAsync(ApplianceConfig config)
    {
        Wish wish = new(config);
        _ = _wishes.Writer.TryWrite(wish);
        using CancellationTokenSource done = new();
        Task patience = _wait(Patience, done.Token);
        if (await Task.WhenAny(wish.Tried.Task, patience) != patience)
        {
            await done.CancelAsync();
            return await wish.Tried.Task;
        }

        string slow = $"{_name} takes long to start; the box works on without it";
        string said = Complain(slow);
        if (wish.Tried.TrySetResult(slow))
        {
            return said;
        }

        // It came to its end in this very moment, and what is said must be that.
        string? end = await wish.Tried.Task;
        if (end is null)
        {
            Praise();
        }

        return end is null ? null : Complain(end);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _ = await Task.WhenAny(_run, _wait(Patience, CancellationToken.None));
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await SeeToAsync(await _wishes.Reader.ReadAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Until it is so, or something newer is wanted.</summary>
    private async Task SeeToAsync(Wish wish)
    {
        _backOff.Reset();
        while (await TryAsync(wish.Config) is string fault)
        {
            _ = wish.Tried.TrySetResult(fault);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            Task<bool> newer = _wishes.Reader.WaitToReadAsync(pause.Token).AsTask();
            _ = await Task.WhenAny(newer, _wait(_backOff.Next(), pause.Token));
            await pause.CancelAsync();
            _stop.Token.ThrowIfCancellationRequested();
            if (newer.IsCompletedSuccessfully)
            {
                return;
            }
        }

        _ = wish.Tried.TrySetResult(null);
    }

    private async Task<string?> TryAsync(ApplianceConfig config)
    {
        try
        {
            await _apply(config);
        }
#pragma warning disable CA1031 // The one place where a failing part ends up, whatever it throws.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Complain(
                $"{_name} does not work: {Innermost(failure).Message.TrimEnd('.')}; "
                + "it is tried again, and the box works on");
        }

        Praise();
        return null;
    }

    private void Praise()
    {
        if (Interlocked.Exchange(ref _complaint, null) is not null)
        {
            _warnings.Set(_name);
            Log.Happened(_log, $"{_name} works again");
        }
    }

    private string Complain(string sentence)
    {
        string shown = ShownText.Of(sentence);
        if (Interlocked.Exchange(ref _complaint, shown) != shown)
        {
            _warnings.Set(_name, shown);
            Log.Failed(_log, shown);
        }

        return shown;
    }

    private static Exception Innermost(Exception failure) =>
        failure.InnerException is { } inner ? Innermost(inner) : failure;

    private sealed record Wish(ApplianceConfig Config)
    {
        /// <summary>What the first try said; null when it went well.</summary>
        public TaskCompletionSource<string?> Tried { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

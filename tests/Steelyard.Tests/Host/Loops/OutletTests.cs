using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Telemetry;
using Steelyard.Host.Loops;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Host.Loops;

public sealed class OutletTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly StandingWarnings _warnings = new();
    private readonly Channel<ApplianceConfig> _applied =
        Channel.CreateUnbounded<ApplianceConfig>();

    // Each pause between two tries waits here until the test lets it end.
    private readonly SemaphoreSlim _pauses = new(0);
    private readonly TaskCompletionSource _patienceEnds =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Outlet _outlet;
    private Func<ApplianceConfig, Task> _apply = _ => Task.CompletedTask;

    public OutletTests() => _outlet = new(
        "telemetry",
        async config =>
        {
            await _applied.Writer.WriteAsync(config);
            await _apply(config);
        },
        _warnings,
        NullLogger.Instance,
        new BackOff(new SeededChance(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
        WaitAsync);

    [Fact]
    public async Task A_part_that_throws_is_named_in_the_answer_and_among_the_warnings()
    {
        _apply = _ => throw new UriFormatException("the name \e[1m is no name.");

        string? fault = await _outlet.ConfigureAsync(Named("a")).WaitAsync(Deadline);

        Assert.Equal(
            "telemetry does not work: the name \\x1b[1m is no name; it is tried again, and the "
            + "box works on",
            fault);
        Assert.Equal(fault, Assert.Single(_warnings.Shown));
    }

    [Fact]
    public async Task It_is_tried_again_until_it_works_and_then_nothing_is_said_any_more()
    {
        int failures = 3;
        _apply = _ => failures-- > 0
            ? Task.FromException(new InvalidOperationException("no"))
            : Task.CompletedTask;
        Assert.NotNull(await _outlet.ConfigureAsync(Named("a")).WaitAsync(Deadline));

        _pauses.Release(3);

        Assert.Equal(["a", "a", "a", "a"], await AppliedAsync(4));
        Assert.Null(await _outlet.ConfigureAsync(Named("b")).WaitAsync(Deadline));
        Assert.Empty(_warnings.Shown);
    }

    [Fact]
    public async Task What_is_wanted_newly_ends_the_tries_of_the_old()
    {
        _apply = config => config.BoxName == "a"
            ? Task.FromException(new InvalidOperationException("no"))
            : Task.CompletedTask;
        Assert.NotNull(await _outlet.ConfigureAsync(Named("a")).WaitAsync(Deadline));

        Assert.Null(await _outlet.ConfigureAsync(Named("b")).WaitAsync(Deadline));

        Assert.Equal(["a", "b"], await AppliedAsync(2));
        Assert.Empty(_warnings.Shown);
    }

    [Fact]
    public async Task A_part_that_hangs_holds_up_nobody_and_may_come_later()
    {
        TaskCompletionSource hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _apply = _ => hangs.Task;
        Task<string?> answer = _outlet.ConfigureAsync(Named("a"));
        _ = await AppliedAsync(1);

        _patienceEnds.SetResult();

        string? fault = await answer.WaitAsync(Deadline);
        Assert.Equal("telemetry takes long to start; the box works on without it", fault);
        Assert.Equal(fault, Assert.Single(_warnings.Shown));
        hangs.SetResult();
    }

    public ValueTask DisposeAsync()
    {
        _patienceEnds.TrySetResult();
        return _outlet.DisposeAsync();
    }

    private static ApplianceConfig Named(string name) => new() { BoxName = name };

    private Task WaitAsync(TimeSpan time, CancellationToken cancellation) =>
        time == Outlet.Patience
            ? _patienceEnds.Task.WaitAsync(cancellation)
            : _pauses.WaitAsync(cancellation);

    private async Task<IEnumerable<string>> AppliedAsync(int count)
    {
        List<string> names = [];
        while (names.Count < count)
        {
            ApplianceConfig config = await _applied.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
            names.Add(config.BoxName);
        }

        return names;
    }
}

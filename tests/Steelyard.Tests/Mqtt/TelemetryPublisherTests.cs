using System;
using System.Text;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Chance;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class TelemetryPublisherTests : IAsyncLifetime
{
    private const string Online = "steelyard/left/availability=online";

    private readonly FakeBroker _broker = new();
    private TelemetryPublisher _publisher;

    public TelemetryPublisherTests() => _publisher = Publisher(sweeps: false);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _publisher.DisposeAsync();

    [Fact]
    public async Task It_says_that_it_is_online_before_all_else()
    {
        _publisher.Outbox.Put(Value("1"));

        _publisher.Start();

        Assert.Equal([Online, "steelyard/left/state=1"], await _broker.HearAsync(2));
    }

    [Fact]
    public async Task It_says_that_it_is_offline_when_it_ends_in_peace()
    {
        _publisher.Start();
        Assert.Equal(Online, await _broker.HearAsync());

        await _publisher.DisposeAsync();

        Assert.Equal("steelyard/left/availability=offline", await _broker.HearAsync());
        _publisher = Publisher(sweeps: false);
    }

    [Fact]
    public async Task A_broker_that_was_gone_gets_all_values_once_it_is_back()
    {
        _broker.IsGone = true;
        _publisher.Outbox.Put(Value("1"));
        _publisher.Start();
        await UntilAsync(() => _broker.Tries > 3);

        _broker.IsGone = false;

        Assert.Equal([Online, "steelyard/left/state=1"], await _broker.HearAsync(2));
    }

    [Fact]
    public async Task A_cut_connection_is_made_anew_and_the_values_are_repeated()
    {
        _publisher.Outbox.Put(Value("1"));
        _publisher.Start();
        await _broker.HearAsync(2);

        await _broker.CutAsync();

        Assert.Equal([Online, "steelyard/left/state=1"], await _broker.HearAsync(2));
    }

    /// <summary>One value is on its way when the broker stalls; of the rest, one is left.</summary>
    [Fact]
    public async Task A_slow_broker_gets_fewer_values_and_the_newest_at_last()
    {
        _publisher.Start();
        Assert.Equal(Online, await _broker.HearAsync());
        TaskCompletionSource stalls = new();
        _broker.Holds = stalls;

        for (int number = 1; number <= 10_000; number++)
        {
            _publisher.Outbox.Put(Value($"{number}"));
        }

        _broker.Holds = null;
        stalls.SetResult();
        string heard = await _broker.HearAsync();
        heard = heard.EndsWith("=10000", StringComparison.Ordinal)
            ? heard
            : await _broker.HearAsync();
        Assert.Equal("steelyard/left/state=10000", heard);
        Assert.False(_broker.HasMore);
        Assert.Equal(0, _publisher.Outbox.Dropped);
    }

    [Fact]
    public async Task Values_that_an_earlier_run_left_behind_are_removed()
    {
        await _publisher.DisposeAsync();
        _publisher = Publisher(sweeps: true);
        _broker.LeftBehind =
        [
            "steelyard/left/state", "steelyard/left/availability",
            "steelyard/left/service/old/state",
        ];
        _publisher.Outbox.Put(Value("1"));

        _publisher.Start();

        Assert.Equal(
            [Online, "steelyard/left/state=1", "steelyard/left/service/old/state="],
            await _broker.HearAsync(3));
        Assert.False(_broker.HasMore);
    }

    private TelemetryPublisher Publisher(bool sweeps) => new(
        new Topics("left"),
        "the test's broker",
        _broker.Connect,
        new BackOff(new SeededChance(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)),
        NullLogger.Instance,
        async (_, _) => await Task.Yield(),
        sweeps);

    private static Outgoing Value(string text) =>
        new("steelyard/left/state", Encoding.ASCII.GetBytes(text), IsRetained: true);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}

using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Chance;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class TelemetryPublisherTests : IAsyncLifetime
{
    private const string Online = "steelyard/left/availability=online";

    private readonly FakeBroker _broker = new();
    private readonly HandClock _time = new();
    private readonly ConcurrentQueue<TimeSpan> _waits = [];
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

    [Fact]
    public async Task A_refused_message_is_dropped_and_counted_and_what_follows_arrives()
    {
        _broker.Refuses = message => message.EndsWith("=bad", StringComparison.Ordinal);
        _publisher.Start();
        Assert.Equal(Online, await _broker.HearAsync());

        _publisher.Outbox.Put(Value("bad"));
        await UntilAsync(() => _publisher.Outbox.Dropped == 1);
        _publisher.Outbox.Put(Value("good"));

        Assert.Equal("steelyard/left/state=good", await _broker.HearAsync());
        Assert.Equal(1, _broker.Tries);
        Assert.Equal(1, _publisher.Outbox.Dropped);
    }

    /// <summary>Between half and the whole of 1, 2, 4 and 5 seconds.</summary>
    [Fact]
    public async Task A_broker_that_throws_us_out_at_once_is_asked_less_and_less_often()
    {
        _broker.ThrowsOut = true;
        _publisher.Start();

        await UntilAsync(() => _waits.Count >= 4);

        Assert.InRange(_waits.ElementAt(3), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_connection_that_lasted_is_made_anew_without_a_long_wait()
    {
        _broker.IsGone = true;
        _publisher.Start();
        await UntilAsync(() => _waits.Count >= 4);
        _broker.IsGone = false;
        Assert.Equal(Online, await _broker.HearAsync());
        await UntilAsync(() => _publisher.IsConnected);
        await UntilAsync(() => _time.Reads > 0);
        int before = _waits.Count;

        _time.Advance(TimeSpan.FromSeconds(10));
        await _broker.CutAsync();

        await UntilAsync(() => _waits.Count > before);
        Assert.InRange(_waits.ElementAt(before), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_goodbye_is_said_only_after_a_farewell_so_that_else_the_last_will_speaks()
    {
        _publisher.Start();
        Assert.Equal(Online, await _broker.HearAsync());
        await _broker.CutAsync();
        Assert.Equal(Online, await _broker.HearAsync());
        Assert.Equal(0, _broker.Goodbyes);

        await _publisher.DisposeAsync();

        Assert.Equal(1, _broker.Goodbyes);
        _publisher = Publisher(sweeps: false);
    }

    [Fact]
    public async Task A_broker_that_stalls_holds_the_end_up_for_two_seconds_at_most()
    {
        _publisher.Start();
        Assert.Equal(Online, await _broker.HearAsync());
        _broker.Holds = new();

        await _publisher.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(0, _broker.Goodbyes);
        _publisher = Publisher(sweeps: false);
    }

    private TelemetryPublisher Publisher(bool sweeps) => new(
        new Topics("left"),
        "the test's broker",
        _broker.Connect,
        new BackOff(new SeededChance(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)),
        NullLogger.Instance,
        async (span, _) =>
        {
            _waits.Enqueue(span);
            await Task.Yield();
        },
        sweeps,
        _time);

    private static Outgoing Value(string text) =>
        new("steelyard/left/state", Encoding.ASCII.GetBytes(text), IsRetained: true);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    /// <summary>Time that passes on the test's word.</summary>
    private sealed class HandClock : TimeProvider
    {
        private long _ticks;
        private int _reads;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public int Reads => Volatile.Read(ref _reads);

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _reads);
            return Interlocked.Read(ref _ticks);
        }

        public void Advance(TimeSpan span) => Interlocked.Add(ref _ticks, span.Ticks);
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Chance;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

/// <summary>Brokers that answer a message, or a client, by ending the connection.</summary>
public sealed class HangUpTests
{
    private const string Online = "steelyard/left/availability=online";

    private readonly FakeBroker _broker = new();
    private readonly Notebook _log = new();

    /// <summary>Seen to be 500 ms, 1 s, … for ever with brokers of a packet limit.</summary>
    [Fact]
    public async Task A_value_that_the_broker_hangs_up_on_is_left_out_and_named_and_others_come()
    {
        _broker.HangsUpOn = message => message.Contains("/events=", StringComparison.Ordinal);
        await using TelemetryPublisher publisher = Publisher();
        publisher.Outbox.Put(Value("events", "much too long"));
        publisher.Outbox.Put(Value("state", "1"));

        publisher.Start();

        await UntilLeftOutAsync();
        Assert.InRange(_broker.Tries, 3, 5);
        publisher.Outbox.Put(Value("state", "2"));
        await HearAsync("steelyard/left/state=2");
    }

    [Fact]
    public async Task A_value_that_is_shorter_again_is_sent()
    {
        _broker.HangsUpOn = message => message.Length > 40;
        await using TelemetryPublisher publisher = Publisher();
        publisher.Outbox.Put(Value("events", "long, long, long, long, long"));
        publisher.Outbox.Put(Value("state", "1"));
        publisher.Start();
        await UntilLeftOutAsync();

        publisher.Outbox.Put(Value("events", "short"));

        await HearAsync("steelyard/left/events=short");
    }

    [Fact]
    public void Once_is_any_broken_connection_and_twice_is_the_message()
    {
        HandClock clock = new();
        HangUps hangUps = new(clock);
        Outgoing message = Value("events", "12345");

        hangUps.Note(message);
        Assert.False(hangUps.LeavesOut(message));
        hangUps.Note(message);

        Assert.True(hangUps.LeavesOut(message));
        Assert.True(hangUps.LeavesOut(Value("events", "123456")));
        Assert.False(hangUps.LeavesOut(Value("events", "1234")));
        Assert.False(hangUps.LeavesOut(Value("state", "12345")));
        clock.Pass(TimeSpan.FromMinutes(61));
        Assert.False(hangUps.LeavesOut(message));
    }

    /// <summary>Mosquitto 2.0 only ends the connection, and does not say why.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_clients_of_one_id_are_named_once_and_not_with_each_round(bool says)
    {
        _broker.End = says ? new("another client came", IsTakeover: true) : LinkEnd.Closed;
        _broker.ThrowsOut = true;
        await using TelemetryPublisher publisher = Publisher();

        publisher.Start();

        while (_broker.Tries < 20)
        {
            Assert.Equal(Online, await _broker.HearAsync());
        }

        Assert.Contains("steelyard-left", publisher.Fault, StringComparison.Ordinal);
        Assert.Contains("router_id", publisher.Fault, StringComparison.Ordinal);
        Assert.Single(_log.Lines, line => line.Contains("router_id", StringComparison.Ordinal));
        Assert.InRange(_log.Lines.Count, 1, 8);
    }

    /// <summary>What it says is named in the log, and that it is hung up on.</summary>
    private async Task UntilLeftOutAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        while (!_log.Lines.Any(line =>
            line.Contains("refuses steelyard/left/events", StringComparison.Ordinal)
            && line.Contains("hangs up", StringComparison.Ordinal)))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Reads on until this comes.</summary>
    private async Task HearAsync(string message)
    {
        while (await _broker.HearAsync() != message)
        {
        }
    }

    private TelemetryPublisher Publisher() => new(
        new Topics("left"),
        "a broker",
        _broker.Connect,
        new BackOff(new SeededChance(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
        _log,
        (_, _) => Task.CompletedTask);

    private static Outgoing Value(string leaf, string text) =>
        new($"steelyard/left/{leaf}", Encoding.UTF8.GetBytes(text), IsRetained: true);

    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }

    /// <summary>What was logged.</summary>
    private sealed class Notebook : ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}

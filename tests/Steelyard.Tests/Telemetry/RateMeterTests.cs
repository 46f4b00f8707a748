using System;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Telemetry;

public sealed class RateMeterTests
{
    private static readonly Instant Start = new(5_000_000_000);

    private readonly RateMeter _meter = new();

    [Fact]
    public void The_first_round_knows_no_rates()
    {
        TrafficRates rates = Round(Start, new(1000, 2000, 3000, 4000, 5000));

        Assert.Equal(default, rates);
    }

    /// <summary>Two seconds between the rounds: each difference is halved.</summary>
    [Fact]
    public void Rates_are_differences_over_the_time_between()
    {
        Round(Start, new(10, 100, 200, 1000, 2000));

        TrafficRates rates = Round(
            Start + TimeSpan.FromSeconds(2), new(16, 120, 240, 1600, 2800));

        Assert.Equal(new(3, 10, 20, 300, 400), rates);
        Assert.Equal(30, rates.PacketsPerSecond);
        Assert.Equal(700, rates.BytesPerSecond);
    }

    [Fact]
    public void Totals_that_were_cleared_count_from_zero()
    {
        Round(Start, new(10, 100, 200, 1000, 2000));

        TrafficRates rates = Round(Start + TimeSpan.FromSeconds(1), new(4, 101, 0, 7, 2001));

        Assert.Equal(new(4, 1, 0, 7, 1), rates);
    }

    [Fact]
    public void A_newcomer_has_no_rates_in_its_first_round()
    {
        Round(Start, new(1, 1, 1, 1, 1));
        _meter.BeginRound(Start + TimeSpan.FromSeconds(1));

        TrafficRates rates = _meter.Measure("new", new(1_000_000, 0, 0, 0, 0));

        Assert.Equal(default, rates);
    }

    [Fact]
    public void A_thing_that_missed_a_round_is_a_newcomer()
    {
        Round(Start, new(1, 1, 1, 1, 1));
        _meter.BeginRound(Start + TimeSpan.FromSeconds(1));
        _meter.EndRound();

        TrafficRates rates = Round(Start + TimeSpan.FromSeconds(2), new(100, 1, 1, 1, 1));

        Assert.Equal(default, rates);
    }

    /// <summary>Ten milliseconds with one connection would read as 100 per second.</summary>
    [Fact]
    public void A_round_that_follows_too_closely_repeats_the_rates()
    {
        Round(Start, new(0, 0, 0, 0, 0));
        Round(Start + TimeSpan.FromSeconds(1), new(5, 0, 0, 0, 0));

        TrafficRates close = Round(Start + TimeSpan.FromSeconds(1.01), new(6, 0, 0, 0, 0));
        TrafficRates next = Round(Start + TimeSpan.FromSeconds(2), new(8, 0, 0, 0, 0));

        Assert.Equal(5, close.ConnectionsPerSecond);
        Assert.Equal(3, next.ConnectionsPerSecond);
    }

    [Fact]
    public void A_clock_that_starts_anew_begins_anew()
    {
        Round(Start, new(1, 1, 1, 1, 1));

        TrafficRates rates = Round(Instant.Zero, new(100, 1, 1, 1, 1));

        Assert.Equal(default, rates);
    }

    [Fact]
    public void No_time_between_samples_gives_no_rates()
    {
        TrafficRates rates = TrafficRates.Between(
            default, new(1, 1, 1, 1, 1), TimeSpan.Zero);

        Assert.Equal(default, rates);
    }

    private TrafficRates Round(Instant now, TrafficSample sample)
    {
        _meter.BeginRound(now);
        TrafficRates rates = _meter.Measure("thing", sample);
        _meter.EndRound();
        return rates;
    }
}

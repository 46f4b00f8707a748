using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Health;

/// <summary>
/// Numbers follow keepalived.conf(5): delay_loop, retry, delay_before_retry, alpha.
/// </summary>
public sealed class HealthCheckTests
{
    private static readonly CheckConfig Config = new()
    {
        Kind = CheckKind.Tcp,
        Target = new Endpoint(IpAddress.Parse("10.0.0.1"), 80),
        DelayLoop = TimeSpan.FromSeconds(10),
        DelayBeforeRetry = TimeSpan.FromSeconds(1),
        Fall = 3,
        Rise = 2,
        Warmup = TimeSpan.FromSeconds(60),
    };

    private static readonly ProbeOutcome Refused = ProbeOutcome.Bad("connection refused");

    [Fact]
    public void A_server_counts_as_up_until_its_check_fails()
    {
        HealthCheck check = New(startsDown: false);

        Assert.True(check.IsUp);
        Assert.Equal(HealthState.Unknown, check.State);
    }

    [Fact]
    public void With_alpha_a_server_is_down_until_its_good_probes_reach_rise()
    {
        HealthCheck check = New(startsDown: true);

        HealthTransition? first = Probe(check, ProbeOutcome.Good);
        HealthTransition? second = Probe(check, ProbeOutcome.Good);

        Assert.Null(first);
        Assert.Equal(new HealthTransition(HealthState.Down, HealthState.Up, string.Empty), second);
    }

    [Fact]
    public void It_falls_after_the_configured_failures_in_a_row_and_says_why()
    {
        HealthCheck check = New(startsDown: false);
        _ = Probe(check, ProbeOutcome.Good);

        Assert.Null(Probe(check, Refused));
        Assert.Null(Probe(check, Refused));
        HealthTransition? third = Probe(check, Refused);

        Assert.Equal(
            new HealthTransition(HealthState.Up, HealthState.Down, "connection refused"), third);
        Assert.False(check.IsUp);
    }

    [Fact]
    public void A_good_probe_between_forgives_the_failures_before_it()
    {
        HealthCheck check = New(startsDown: false);

        _ = Probe(check, Refused);
        _ = Probe(check, Refused);
        _ = Probe(check, ProbeOutcome.Good);
        _ = Probe(check, Refused);
        _ = Probe(check, Refused);

        Assert.True(check.IsUp);
    }

    [Fact]
    public void A_bad_probe_between_forgets_the_good_ones_of_a_down_server()
    {
        HealthCheck check = New(startsDown: true);

        _ = Probe(check, ProbeOutcome.Good);
        _ = Probe(check, Refused);
        _ = Probe(check, ProbeOutcome.Good);

        Assert.False(check.IsUp);
    }

    [Fact]
    public void Failures_are_repeated_after_delay_before_retry_and_then_at_the_period()
    {
        HealthCheck check = New(startsDown: false);

        Instant first = check.Deadline;
        _ = Probe(check, Refused);
        Instant second = check.Deadline;
        _ = Probe(check, Refused);
        Instant third = check.Deadline;
        _ = Probe(check, Refused);
        Instant fourth = check.Deadline;

        Assert.Equal(TimeSpan.FromSeconds(1), second - first);
        Assert.Equal(TimeSpan.FromSeconds(1), third - second);
        Assert.Equal(TimeSpan.FromSeconds(10), fourth - third);
    }

    [Fact]
    public void Periods_run_from_start_to_start_however_slow_the_answer()
    {
        HealthCheck check = New(startsDown: false);
        Instant start = check.Deadline;

        _ = check.OnDeadline(start);
        _ = check.OnOutcome(ProbeOutcome.Good, start + TimeSpan.FromSeconds(4));

        Assert.Equal(start + TimeSpan.FromSeconds(10), check.Deadline);
    }

    [Fact]
    public void A_probe_slower_than_its_period_is_followed_at_once()
    {
        HealthCheck check = New(startsDown: false);
        Instant late = check.Deadline + TimeSpan.FromSeconds(25);

        _ = check.OnDeadline(check.Deadline);
        _ = check.OnOutcome(ProbeOutcome.Good, late);

        Assert.Equal(late, check.Deadline);
    }

    [Fact]
    public void While_a_probe_is_under_way_no_other_starts()
    {
        HealthCheck check = New(startsDown: false);
        Instant start = check.Deadline;

        Assert.True(check.OnDeadline(start));
        Assert.False(check.OnDeadline(start + TimeSpan.FromHours(1)));
        Assert.Equal(Instant.Never, check.Deadline);
    }

    [Fact]
    public void A_probe_does_not_start_before_its_time()
    {
        HealthCheck check = New(startsDown: false);

        Assert.False(check.OnDeadline(check.Deadline - TimeSpan.FromTicks(1)));
    }

    [Theory]
    [InlineData(60, 10)]
    [InlineData(3, 3)]
    public void First_probes_spread_over_the_shorter_of_warmup_and_period(
        int warmupSeconds, int boundSeconds)
    {
        CheckConfig config = Config with { Warmup = TimeSpan.FromSeconds(warmupSeconds) };
        SeededChance chance = new(42);
        int[] perThird = new int[3];

        for (int server = 0; server < 300; server++)
        {
            HealthCheck check = new(config, chance.Fork(), Instant.Zero);
            TimeSpan delay = check.Deadline - Instant.Zero;
            Assert.InRange(delay.TotalSeconds, 0, boundSeconds);
            perThird[(int)(delay.TotalSeconds * 3 / boundSeconds)]++;
        }

        Assert.All(perThird, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void An_outcome_that_nobody_waits_for_is_our_own_mistake()
    {
        HealthCheck check = New(startsDown: false);

        Assert.Throws<InvariantException>(() => check.OnOutcome(Refused, Instant.Zero));
    }

    private static HealthCheck New(bool startsDown) =>
        new(Config with { Alpha = startsDown }, new SeededChance(7), Instant.Zero);

    private static HealthTransition? Probe(HealthCheck check, ProbeOutcome outcome)
    {
        Instant at = check.Deadline;
        Assert.True(check.OnDeadline(at));
        return check.OnOutcome(outcome, at);
    }
}

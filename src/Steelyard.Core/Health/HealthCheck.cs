using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;

namespace Steelyard.Core.Health;

/// <summary>
/// One check of one server: says when the next probe is due, and counts outcomes into a verdict.
/// It falls after <c>fall</c> bad probes in a row, the repeated ones <c>delay_before_retry</c>
/// apart, and rises after <c>rise</c> good ones.
/// </summary>
public sealed class HealthCheck
{
    private readonly CheckConfig _config;
    private Instant _startedAt;
    private bool _isProbing;
    private int _goodInARow;
    private int _badInARow;

    /// <param name="chance">
    /// Draws the first probe's delay, so that probes of many servers spread.
    /// </param>
    /// <param name="downBecause">
    /// Why the server is taken for dead already; null when nothing is known against it.
    /// </param>
    public HealthCheck(
        CheckConfig config, SeededChance chance, Instant now, string? downBecause = null)
    {
        _config = config;
        bool isDown = config.Alpha || downBecause is not null;
        State = isDown ? HealthState.Down : HealthState.Unknown;
        Detail = downBecause ?? string.Empty;
        Deadline = now + chance.NextSpan(Shorter(config.Warmup, config.DelayLoop));
    }

    /// <summary>Unknown until the first verdict, then up or down.</summary>
    public HealthState State { get; private set; }

    /// <summary>Without a verdict a server is taken as good, as keepalived does.</summary>
    public bool IsUp => State != HealthState.Down;

    /// <summary>Why the last probe failed; empty when it did not.</summary>
    public string Detail { get; private set; }

    /// <summary>When the next probe is due; never while one is under way.</summary>
    public Instant Deadline { get; private set; }

    public CheckConfig Config => _config;

    /// <summary>True when a probe must start now; its outcome is then owed.</summary>
    public bool OnDeadline(Instant now)
    {
        if (_isProbing || now < Deadline)
        {
            return false;
        }

        _isProbing = true;
        _startedAt = now;
        Deadline = Instant.Never;
        return true;
    }

    /// <summary>Counts an outcome; the transition it caused, if any.</summary>
    public HealthTransition? OnOutcome(ProbeOutcome outcome, Instant now)
    {
        Invariant.Holds(_isProbing, "an outcome came for a probe that was not started");
        _isProbing = false;
        Detail = outcome.IsGood ? string.Empty : outcome.Detail;
        return outcome.IsGood ? OnGood(now) : OnBad(outcome, now);
    }

    private HealthTransition? OnGood(Instant now)
    {
        _badInARow = 0;
        _goodInARow = Math.Min(_goodInARow + 1, _config.Rise);
        PlanNextPeriod(now);
        bool rises = State != HealthState.Down || _goodInARow >= _config.Rise;
        return rises ? Become(HealthState.Up, string.Empty) : null;
    }

    private HealthTransition? OnBad(ProbeOutcome outcome, Instant now)
    {
        _goodInARow = 0;
        _badInARow = Math.Min(_badInARow + 1, _config.Fall);
        if (State == HealthState.Down || _badInARow >= _config.Fall)
        {
            PlanNextPeriod(now);
            return Become(HealthState.Down, outcome.Detail);
        }

        Deadline = now + _config.DelayBeforeRetry;
        return null;
    }

    /// <summary>
    /// Periods run from start to start, so that a slow probe does not stretch them.
    /// </summary>
    private void PlanNextPeriod(Instant now)
    {
        Instant due = _startedAt + _config.DelayLoop;
        Deadline = due > now ? due : now;
    }

    private HealthTransition? Become(HealthState state, string detail)
    {
        if (State == state)
        {
            return null;
        }

        HealthTransition transition = new(State, state, detail);
        State = state;
        return transition;
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}

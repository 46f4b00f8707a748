using System.Collections.Immutable;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Time;

namespace Steelyard.Core.Health;

/// <summary>
/// What is believed of one real server: all its checks must be up. A server without checks is
/// taken as good and stays unknown.
/// </summary>
public sealed class ServerHealth
{
    private readonly HealthCheck[] _checks;
    private bool _isDraining;

    /// <param name="chance">
    /// This server's own stream, so that its probes fall apart from others'.
    /// </param>
    /// <param name="before">
    /// What other checks believed of the server until now: if they took it for dead, these do
    /// too, until each of them has risen.
    /// </param>
    public ServerHealth(
        ImmutableArray<CheckConfig> checks,
        SeededChance chance,
        Instant now,
        ServerHealth? before = null)
    {
        string? verdict = before is { IsAlive: false } ? before.Detail : null;
        _checks = new HealthCheck[checks.Length];
        for (int index = 0; index < checks.Length; index++)
        {
            _checks[index] = new HealthCheck(checks[index], chance, now, verdict);
        }

        State = Judge();
    }

    /// <summary>Down outweighs drain: a person's wish does not hide a dead server.</summary>
    public HealthState State { get; private set; }

    /// <summary>The server may take new connections.</summary>
    public bool TakesConnections => State is HealthState.Up or HealthState.Unknown;

    /// <summary>No check says that the server is down, draining or not.</summary>
    public bool IsAlive => State != HealthState.Down;

    /// <summary>Why the server is not up; the first failing check's sentence, or empty.</summary>
    public string Detail
    {
        get
        {
            foreach (HealthCheck check in _checks)
            {
                if (check.Detail.Length > 0)
                {
                    return check.Detail;
                }
            }

            return string.Empty;
        }
    }

    /// <summary>How many checks the server has; probes are named by their index.</summary>
    public int CheckCount => _checks.Length;

    public Instant Deadline
    {
        get
        {
            Instant deadline = Instant.Never;
            foreach (HealthCheck check in _checks)
            {
                deadline = Instant.Earlier(deadline, check.Deadline);
            }

            return deadline;
        }
    }

    public CheckConfig ConfigOf(int checkIndex) => _checks[checkIndex].Config;

    /// <summary>The next check whose probe must start now; −1 when none. Ask until none.</summary>
    public int OnDeadline(Instant now)
    {
        for (int index = 0; index < _checks.Length; index++)
        {
            if (_checks[index].OnDeadline(now))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Takes the outcome of a check's probe; the server's transition, if any.</summary>
    public HealthTransition? OnOutcome(int checkIndex, ProbeOutcome outcome, Instant now)
    {
        _ = _checks[checkIndex].OnOutcome(outcome, now);
        return Rejudge();
    }

    /// <summary>A person's wish: no new connections, the old ones end in peace.</summary>
    public HealthTransition? OnDrain(bool drains)
    {
        _isDraining = drains;
        return Rejudge();
    }

    private HealthTransition? Rejudge()
    {
        HealthState state = Judge();
        if (state == State)
        {
            return null;
        }

        string detail = state == HealthState.Down ? Detail : string.Empty;
        HealthTransition transition = new(State, state, detail);
        State = state;
        return transition;
    }

    private HealthState Judge()
    {
        bool allJudged = _checks.Length > 0;
        foreach (HealthCheck check in _checks)
        {
            if (!check.IsUp)
            {
                return HealthState.Down;
            }

            allJudged &= check.State == HealthState.Up;
        }

        if (_isDraining)
        {
            return HealthState.Drain;
        }

        return allJudged ? HealthState.Up : HealthState.Unknown;
    }
}

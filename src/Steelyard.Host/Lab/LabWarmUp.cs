using System;
using System.Collections.Immutable;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>
/// The clients' first time, which does not count: programs that were just started on a busy machine
/// are slow, and that says nothing of a failover.
/// </summary>
internal sealed class LabWarmUp
{
    // Some of these are looked at, whole.
    private const int Steady = 2;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private Instant? _begin;

    public bool IsOver { get; private set; }

    /// <summary>
    /// It ends after two good seconds, and after thirty whatever they were; with it, the counting
    /// begins.
    /// </summary>
    public void Look(LabTally tally, Instant now)
    {
        Instant begin = _begin ??= now;
        TimeSpan sinceSteady = TimeSpan.FromSeconds(Steady);
        if (now - begin < sinceSteady)
        {
            return;
        }

        ImmutableArray<int> answers = tally.LastSeconds(Steady - 1, now);
        bool isSteady = answers[^1] > 0
            && tally.FailedSince(now - sinceSteady) == 0
            && tally.OpenBetween(Instant.Zero, now - LabHistory.Long) == 0;
        if (isSteady || now - begin >= Longest)
        {
            End(tally);
        }
    }

    /// <summary>Ends it, as who does a deed wants to see what comes of it.</summary>
    public void End(LabTally? tally)
    {
        if (!IsOver)
        {
            IsOver = true;
            tally?.Restart();
        }
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>
/// The last deeds, newest first. A deed is watched for five seconds, or until the next one; and in
/// any case until the probes are answered again and the requests begun meanwhile have ended.
/// </summary>
internal sealed class LabHistory
{
    private const int Kept = 6;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    // Answers to the last probes are still on their way.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(100);

    private readonly Lock _guard = new();
    private readonly List<LabDeed> _deeds = [];

    /// <summary>A request that waits for so long has lost something on its way.</summary>
    public static TimeSpan Long { get; } = TimeSpan.FromSeconds(1);

    public ImmutableArray<LabDeed> Last
    {
        get
        {
            lock (_guard)
            {
                return [.. _deeds];
            }
        }
    }

    public void Add(string sentence, Instant now)
    {
        lock (_guard)
        {
            if (_deeds.Count > 0)
            {
                _deeds[0] = _deeds[0] with { Until = now };
            }

            _deeds.Insert(0, new LabDeed(sentence, now, null, null));
            if (_deeds.Count > Kept)
            {
                _deeds.RemoveAt(Kept);
            }
        }
    }

    /// <summary>Measures the deeds that are not over, once more.</summary>
    public void Look(GapMeter probes, LabTally tally, Instant now)
    {
        lock (_guard)
        {
            for (int index = 0; index < _deeds.Count; index++)
            {
                LabDeed deed = _deeds[index];
                if (deed.Seen is not { IsFinal: true })
                {
                    _deeds[index] = deed with { Seen = Measure(deed, probes, tally, now) };
                }
            }
        }
    }

    private static DeedOutcome Measure(
        LabDeed deed, GapMeter probes, LabTally tally, Instant now)
    {
        Instant limit = Instant.Earlier(deed.At + Watched, deed.Until ?? Instant.Never);
        Instant known = Instant.Earlier(now - OnTheWay, limit);
        GapReading gaps = probes.Read(deed.At, known);
        Instant end = gaps.IsOpen ? now
            : gaps.LastEnd is Instant lastEnd && lastEnd > known ? lastEnd
            : known;
        return new DeedOutcome(
            gaps.Longest,
            gaps.IsOpen,
            tally.FailedBetween(deed.At - Before, end),
            tally.OpenBetween(deed.At - Before, Instant.Earlier(end, now - Long)),
            known == limit && !gaps.IsOpen && tally.OpenBetween(deed.At - Before, end) == 0);
    }
}

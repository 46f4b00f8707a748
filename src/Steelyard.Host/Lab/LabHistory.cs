using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>Something a person did to the lab, and what the clients noticed of it.</summary>
/// <param name="Gap">
/// Longest silence of the probes from the deed until its end, or until now.
/// </param>
/// <param name="FailedRequests">Failures among requests begun in that time.</param>
internal readonly record struct LabDeed(
    string Sentence, Instant At, TimeSpan Gap, int FailedRequests, bool IsOver);

/// <summary>
/// The last deeds, newest first. A deed is watched until the next one, and for five seconds at
/// most.
/// </summary>
internal sealed class LabHistory(SteelyardLab lab)
{
    private const int Kept = 6;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    // Answers to the last probes are still on their way.
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(100);

    private readonly Lock _guard = new();
    private readonly List<LabDeed> _deeds = [];

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

    public void Add(string sentence)
    {
        lock (_guard)
        {
            Look();
            if (_deeds.Count > 0)
            {
                _deeds[0] = _deeds[0] with { IsOver = true };
            }

            _deeds.Insert(0, new LabDeed(sentence, MonotonicClock.Now, TimeSpan.Zero, 0, false));
            if (_deeds.Count > Kept)
            {
                _deeds.RemoveAt(Kept);
            }
        }
    }

    /// <summary>Measures the deed that is being watched, once more.</summary>
    public void Look()
    {
        lock (_guard)
        {
            if (_deeds is not [{ IsOver: false } deed, ..])
            {
                return;
            }

            Instant now = MonotonicClock.Now;
            Instant end = Instant.Earlier(now - OnTheWay, deed.At + Watched);
            _deeds[0] = deed with
            {
                Gap = lab.Probes?.LongestGap(deed.At, end) ?? TimeSpan.Zero,
                FailedRequests = lab.Clients?.Tally.FailedBetween(deed.At - Before, end) ?? 0,
                IsOver = end == deed.At + Watched,
            };
        }
    }
}

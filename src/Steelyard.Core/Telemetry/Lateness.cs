using System;
using System.Collections.Immutable;
using Steelyard.Core.Time;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// How late a loop came to what was due, as counts between fixed bounds: what a busy machine, a
/// pause of the collector or a blocking call cost an election. One thread writes.
/// </summary>
public sealed class Lateness
{
    /// <summary>Upper bounds in milliseconds; what is later still has a place of its own.</summary>
    public static readonly ImmutableArray<int> BoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500];

    private readonly long[] _counts = new long[BoundsMs.Length + 1];
    private TimeSpan _worst;

    /// <summary>The same, unless it was due at once, with no time of its own.</summary>
    public void Add(Instant due, Instant now)
    {
        if (due > Instant.Zero)
        {
            Add(now - due);
        }
    }

    /// <summary>Something due has been done, so long after its time.</summary>
    public void Add(TimeSpan late)
    {
        int place = 0;
        while (place < BoundsMs.Length && late > TimeSpan.FromMilliseconds(BoundsMs[place]))
        {
            place++;
        }

        _counts[place]++;
        _worst = late > _worst ? late : _worst;
    }

    public LatenessCounts Take()
    {
        var buckets = ImmutableArray.CreateBuilder<LatenessBucket>(_counts.Length);
        for (int place = 0; place < _counts.Length; place++)
        {
            int? bound = place < BoundsMs.Length ? BoundsMs[place] : null;
            buckets.Add(new LatenessBucket(bound, _counts[place]));
        }

        return new LatenessCounts(
            Math.Round(_worst.TotalMilliseconds, 3), buckets.MoveToImmutable());
    }
}

/// <param name="UpToMs">Not later than this, and later than the bucket before; null without bound.
/// </param>
public sealed record LatenessBucket(int? UpToMs, long Count);

/// <summary>How late deadlines were served, since the start.</summary>
public sealed record LatenessCounts(double WorstMs, ImmutableArray<LatenessBucket> Buckets)
{
    public static LatenessCounts None { get; } = new(0, []);

    /// <summary>How many were later than one of the bounds.</summary>
    public long Over(int boundMs)
    {
        long count = 0;
        foreach (LatenessBucket bucket in Buckets)
        {
            count += bucket.UpToMs > boundMs || bucket.UpToMs is null ? bucket.Count : 0;
        }

        return count;
    }
}

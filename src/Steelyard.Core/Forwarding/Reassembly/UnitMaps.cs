using System;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>How a range lies to the ranges that are marked.</summary>
internal enum RangeFit
{
    Apart,
    Same,
    Overlapping,
}

/// <summary>
/// Which units of eight octets of each datagram are there, and which of them begin a fragment:
/// two bits for each of 8,192 units, so that fragments of any number and size cost the same room.
/// </summary>
internal sealed class UnitMaps(int slots)
{
    /// <summary>65,536 octets in units of eight.</summary>
    private const int UnitCount = 8192;

    private const int WordBits = 64;
    private const int WordCount = UnitCount / WordBits;

    private readonly ulong[] _covered = new ulong[slots * WordCount];
    private readonly ulong[] _starts = new ulong[slots * WordCount];

    public void Clear(int slot)
    {
        Of(_covered, slot).Clear();
        Of(_starts, slot).Clear();
    }

    /// <param name="slot">The datagram.</param>
    /// <param name="first">The range's first unit.</param>
    /// <param name="end">The unit after its last; above the first.</param>
    public RangeFit Fit(int slot, int first, int end)
    {
        ReadOnlySpan<ulong> covered = Of(_covered, slot);
        int count = Count(covered, first, end);
        if (count == 0)
        {
            return RangeFit.Apart;
        }

        // The same range is full, begins with a fragment's start, and the next start is its end.
        ReadOnlySpan<ulong> starts = Of(_starts, slot);
        bool isSame = count == end - first
            && Has(starts, first)
            && Count(starts, first, end) == 1
            && (end == UnitCount || !Has(covered, end) || Has(starts, end));
        return isSame ? RangeFit.Same : RangeFit.Overlapping;
    }

    public void Mark(int slot, int first, int end)
    {
        Span<ulong> covered = Of(_covered, slot);
        for (int word = first / WordBits; word <= (end - 1) / WordBits; word++)
        {
            covered[word] |= Mask(word, first, end);
        }

        Of(_starts, slot)[first / WordBits] |= 1UL << (first % WordBits);
    }

    private static bool Has(ReadOnlySpan<ulong> map, int unit) =>
        (map[unit / WordBits] >> (unit % WordBits) & 1) != 0;

    private static int Count(ReadOnlySpan<ulong> map, int first, int end)
    {
        int count = 0;
        for (int word = first / WordBits; word <= (end - 1) / WordBits; word++)
        {
            count += (int)ulong.PopCount(map[word] & Mask(word, first, end));
        }

        return count;
    }

    /// <summary>The bits of a word that belong to a range.</summary>
    private static ulong Mask(int word, int first, int end)
    {
        int from = Math.Max(first - (word * WordBits), 0);
        int to = Math.Min(end - (word * WordBits), WordBits);
        return ulong.MaxValue >> (WordBits - (to - from)) << from;
    }

    private static Span<ulong> Of(ulong[] maps, int slot) =>
        maps.AsSpan(slot * WordCount, WordCount);
}

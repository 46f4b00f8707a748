using System.Numerics;
using System.Runtime.CompilerServices;

namespace Steelyard.Core.Connections;

/// <summary>
/// From hashes to links: a flat array with linear probing, made once. Two thirds full at most, so
/// that a search mostly stays within one cache line. What a link means is the owner's affair.
/// </summary>
internal sealed class FlowIndex
{
    private readonly Entry[] _entries;
    private readonly uint _mask;

    /// <param name="capacity">Links that must fit.</param>
    public FlowIndex(int capacity)
    {
        uint wanted = (uint)capacity + ((uint)capacity / 2) + 2;
        _entries = new Entry[BitOperations.RoundUpToPowerOf2(wanted)];
        _mask = (uint)_entries.Length - 1;
    }

    /// <summary>Where a search for this hash starts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Start(uint hash) => hash & _mask;

    /// <summary>Reads what a search for this hash reads first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Touch(uint hash) => _entries[hash & _mask].Hash;

    /// <summary>Steps to the next link of this hash; false when there is no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(uint hash, ref uint at, out uint link)
    {
        while (true)
        {
            Entry entry = _entries[at];
            at = (at + 1) & _mask;
            if (entry.LinkPlusOne == 0)
            {
                link = 0;
                return false;
            }

            if (entry.Hash == hash)
            {
                link = entry.LinkPlusOne - 1;
                return true;
            }
        }
    }

    /// <summary>Adds a link; a search meets it before the older ones of the same hash.</summary>
    public void Add(uint hash, uint link)
    {
        Entry carried = new(hash, link + 1);
        uint at = Start(hash);
        while (_entries[at].LinkPlusOne != 0)
        {
            if (_entries[at].Hash == hash)
            {
                (carried, _entries[at]) = (_entries[at], carried);
            }

            at = (at + 1) & _mask;
        }

        _entries[at] = carried;
    }

    /// <summary>Takes a link out, and moves back what it had pushed from its home.</summary>
    public void Remove(uint hash, uint link)
    {
        uint gap = Start(hash);
        while (_entries[gap].LinkPlusOne != link + 1)
        {
            gap = (gap + 1) & _mask;
        }

        uint at = (gap + 1) & _mask;
        while (_entries[at].LinkPlusOne != 0)
        {
            uint fromHome = unchecked(at - _entries[at].Hash) & _mask;
            uint fromGap = unchecked(at - gap) & _mask;
            if (fromHome >= fromGap)
            {
                _entries[gap] = _entries[at];
                gap = at;
            }

            at = (at + 1) & _mask;
        }

        _entries[gap] = default;
    }

    private readonly record struct Entry(uint Hash, uint LinkPlusOne);
}

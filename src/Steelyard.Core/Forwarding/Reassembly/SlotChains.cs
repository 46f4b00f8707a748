using System;
using System.Numerics;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>Slots by a hash: of those with the same one the newest is met first.</summary>
internal sealed class SlotChains
{
    private const int Nothing = -1;

    private readonly int[] _heads;
    private readonly int[] _next;
    private readonly uint[] _hashes;

    public SlotChains(int slots)
    {
        _heads = new int[BitOperations.RoundUpToPowerOf2((uint)slots * 2)];
        Array.Fill(_heads, Nothing);
        _next = new int[slots];
        _hashes = new uint[slots];
    }

    public int First(uint hash) => _heads[Bucket(hash)];

    public int Next(int slot) => _next[slot];

    public void Add(int slot, uint hash)
    {
        ref int head = ref _heads[Bucket(hash)];
        _hashes[slot] = hash;
        _next[slot] = head;
        head = slot;
    }

    public void Remove(int slot)
    {
        ref int link = ref _heads[Bucket(_hashes[slot])];
        while (link != slot)
        {
            link = ref _next[link];
        }

        link = _next[slot];
    }

    private int Bucket(uint hash) => (int)(hash & (uint)(_heads.Length - 1));
}

using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Chance;

/// <summary>
/// A fast hash under a seed: products of 64-bit words and secrets, folded to 64 bits (the scheme
/// of wyhash). Who does not know the seed cannot choose words that collide. Not a cipher.
/// </summary>
public readonly struct SeededHash
{
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;
    private readonly ulong _fifth;

    /// <param name="seed">The same seed gives the same hashes on every machine.</param>
    public SeededHash(ulong seed)
    {
        SeededChance secrets = new(seed);

        // Odd, so that no secret is zero and none shares a factor with 2^64.
        _first = secrets.NextBits() | 1;
        _second = secrets.NextBits() | 1;
        _third = secrets.NextBits() | 1;
        _fourth = secrets.NextBits() | 1;
        _fifth = secrets.NextBits() | 1;
    }

    /// <summary>Hashes an address and what goes with it.</summary>
    public uint Of(ulong high, ulong low, ulong rest)
    {
        ulong half = Fold(low ^ _first, high ^ _second);
        return unchecked((uint)Fold(half ^ _third, rest ^ _fourth));
    }

    /// <summary>Hashes two addresses, in this order, and what goes with them.</summary>
    public uint Of(ulong high, ulong low, ulong otherHigh, ulong otherLow, ulong rest)
    {
        ulong half = Fold(low ^ _first, high ^ _second);
        ulong other = Fold(otherLow ^ _third, otherHigh ^ _fourth);
        return unchecked((uint)Fold(half ^ rest, other ^ _fifth));
    }

    /// <summary>Hashes octets, and what goes with them.</summary>
    public uint Of(ReadOnlySpan<byte> octets, uint rest)
    {
        ulong state = ((ulong)octets.Length << 32) | rest;
        while (!octets.IsEmpty)
        {
            ulong left = TakeWord(ref octets);
            ulong right = TakeWord(ref octets);
            state = Fold(left ^ _first, right ^ state ^ _second);
        }

        return unchecked((uint)Fold(state ^ _third, _fourth));
    }

    /// <summary>The next eight octets; zeros follow the last one.</summary>
    private static ulong TakeWord(ref ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= sizeof(ulong))
        {
            ulong whole = BinaryPrimitives.ReadUInt64LittleEndian(octets);
            octets = octets[sizeof(ulong)..];
            return whole;
        }

        ulong word = 0;
        for (int index = octets.Length - 1; index >= 0; index--)
        {
            word = (word << 8) | octets[index];
        }

        octets = default;
        return word;
    }

    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}

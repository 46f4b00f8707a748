using System;

namespace Steelyard.Core.Chance;

/// <summary>
/// Random numbers from one seed (SplitMix64): the same seed draws the same numbers on every
/// machine, so a run can be replayed. Not for secrets.
/// </summary>
public sealed class SeededChance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Sixty-four random bits.</summary>
    public ulong NextBits()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            ulong mixed = _state;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }

    /// <summary>A number from 0 up to, and without, <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(((NextBits() >> 32) * (ulong)bound) >> 32);

    /// <summary>True with the given probability, from 0 to 1.</summary>
    public bool Happens(double probability) =>
        (NextBits() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>A span from zero up to, and without, <paramref name="bound"/>.</summary>
    public TimeSpan NextSpan(TimeSpan bound) =>
        bound <= TimeSpan.Zero ? TimeSpan.Zero : new((long)(NextBits() % (ulong)bound.Ticks));

    /// <summary>An independent stream: drawing from it does not move this one further.</summary>
    public SeededChance Fork() => new(NextBits());
}

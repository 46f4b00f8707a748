using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Routers;

/// <summary>Adverts that reached no election, by reason.</summary>
public sealed class VrrpFaultCounters
{
    private readonly long[] _counts = new long[256];

    /// <summary>Well-formed adverts for a VRID that is none of ours on that interface.</summary>
    public long Foreign { get; private set; }

    public long this[VrrpFault fault] => _counts[(byte)fault];

    /// <summary>All adverts that could not be read.</summary>
    public long Malformed
    {
        get
        {
            long sum = 0;
            foreach (long count in _counts)
            {
                sum += count;
            }

            return sum;
        }
    }

    internal void Count(VrrpFault fault) => _counts[Math.Min((int)fault, 255)]++;

    internal void CountForeign() => Foreign++;
}

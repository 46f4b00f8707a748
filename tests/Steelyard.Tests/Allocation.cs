using System;

namespace Steelyard.Tests;

/// <summary>What a piece of work allocates on this thread.</summary>
internal static class Allocation
{
    /// <summary>
    /// Octets in the least of five runs: the runtime's own work (tiers, types) may be counted in
    /// one of them, what the code allocates is counted in each.
    /// </summary>
    public static long LeastOf(Action work)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = long.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

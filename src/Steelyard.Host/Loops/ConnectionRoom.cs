using System;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Loops;

/// <summary>How many connections a box has room for: as the file says, or as memory allows.
/// </summary>
internal static class ConnectionRoom
{
    public const int Least = 65_536;
    public const int Most = 8 << 20;

    /// <summary>The table takes this part of the memory.</summary>
    private const int MemoryParts = 8;

    /// <summary>Of the table with its indexes, for each connection.</summary>
    private const int BytesPerConnection = 160;

    public static int For(ApplianceConfig config, ILogger log)
    {
        int capacity = For(config, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (capacity < config.ConnectionLimit)
        {
            Log.Warned(
                log,
                $"connection_limit {config.ConnectionLimit} is more than half of the memory holds: "
                + $"{capacity} connections fit");
        }

        return capacity;
    }

    /// <param name="memoryBytes">The machine's, or what a container leaves of it.</param>
    public static int For(ApplianceConfig config, long memoryBytes)
    {
        long byMemory = memoryBytes / MemoryParts / BytesPerConnection;
        if (config.ConnectionLimit is not int limit)
        {
            return (int)Math.Clamp(byMemory, Least, Most);
        }

        // A table for which there is no memory would end the program at every start.
        long fit = Math.Max(Least, memoryBytes / 2 / BytesPerConnection);
        return (int)Math.Min(limit, fit);
    }
}

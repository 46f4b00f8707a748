using System;
using Steelyard.Core.Configuration;

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

    public static int For(ApplianceConfig config) =>
        For(config, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <param name="memoryBytes">The machine's, or what a container leaves of it.</param>
    public static int For(ApplianceConfig config, long memoryBytes) =>
        config.ConnectionLimit
        ?? (int)Math.Clamp(memoryBytes / MemoryParts / BytesPerConnection, Least, Most);
}

using System;
using Steelyard.Core.Services;

namespace Steelyard.Core.Scheduling;

/// <summary>What a server has to carry, as the least-connection family measures it.</summary>
internal static class Load
{
    private const long ActiveFactor = 256;

    /// <summary>256 for each active connection, and one for each connection.</summary>
    public static long Connections(RealServer server)
    {
        long active = server.ActiveConnections;
        return (active * ActiveFactor) + active + server.InactiveConnections;
    }

    /// <summary>The first server with the least (active + 1) / weight.</summary>
    public static RealServer? ShortestDelay(ReadOnlySpan<RealServer> servers)
    {
        RealServer? least = null;
        long leastQueue = 0;
        foreach (RealServer server in servers)
        {
            if (!server.TakesNewConnections)
            {
                continue;
            }

            long queue = server.ActiveConnections + 1L;
            if (least is null || leastQueue * server.Weight > queue * least.Weight)
            {
                least = server;
                leastQueue = queue;
            }
        }

        return least;
    }
}

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

    /// <summary>The first server with the least load / weight, compared without dividing.</summary>
    public static RealServer? LeastForWeight(ReadOnlySpan<RealServer> servers)
    {
        RealServer? least = null;
        long leastLoad = 0;
        foreach (RealServer server in servers)
        {
            if (!server.TakesNewConnections)
            {
                continue;
            }

            long load = Connections(server);
            if (least is null || leastLoad * server.Weight > load * least.Weight)
            {
                least = server;
                leastLoad = load;
            }
        }

        return least;
    }

    /// <summary>
    /// More active connections than its weight, while another has less than half of its own; for
    /// schedulers that would rather stay with a server.
    /// </summary>
    public static bool IsOverburdened(RealServer server, ReadOnlySpan<RealServer> servers)
    {
        if (server.ActiveConnections <= server.Weight)
        {
            return false;
        }

        foreach (RealServer other in servers)
        {
            if (other.ActiveConnections * 2L < other.Weight)
            {
                return true;
            }
        }

        return false;
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

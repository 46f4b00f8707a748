using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// An idle server at once (<c>nq</c>): the first without active connections; when all are busy,
/// the one with the shortest expected delay.
/// </summary>
public sealed class NeverQueue : ISchedule
{
    public string Name => "nq";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        ReadOnlySpan<RealServer> servers = service.Servers;
        foreach (RealServer server in servers)
        {
            if (server.TakesNewConnections && server.ActiveConnections == 0)
            {
                return server;
            }
        }

        return Load.ShortestDelay(servers);
    }

    public void OnServersChanged(VirtualService service)
    {
    }
}

using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// All to the one of the highest weight (<c>ovf</c>) until its active connections exceed its
/// weight, then to the next; so a server goes one above its weight. The first of equals, in list
/// order.
/// </summary>
public sealed class WeightedOverflow : ISchedule
{
    public string Name => "ovf";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer? highest = null;
        foreach (RealServer server in service.Servers)
        {
            if (server.TakesNewConnections
                && server.ActiveConnections <= server.Weight
                && server.Weight > (highest?.Weight ?? 0))
            {
                highest = server;
            }
        }

        return highest;
    }

    public void OnServersChanged(VirtualService service)
    {
    }
}

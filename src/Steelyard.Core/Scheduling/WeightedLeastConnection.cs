using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// The least loaded for its weight (<c>wlc</c>): the least of load / weight, compared without
/// dividing. The first of equals, in list order.
/// </summary>
public sealed class WeightedLeastConnection : ISchedule
{
    public string Name => "wlc";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer? least = null;
        long leastLoad = 0;
        foreach (RealServer server in service.Servers)
        {
            if (!server.TakesNewConnections)
            {
                continue;
            }

            long load = Load.Connections(server);
            if (least is null || leastLoad * server.Weight > load * least.Weight)
            {
                least = server;
                leastLoad = load;
            }
        }

        return least;
    }

    public void OnServersChanged(VirtualService service)
    {
    }
}

using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// The least loaded (<c>lc</c>), whatever the weights: an active connection weighs 256 times a
/// connection. The first of equals, in list order.
/// </summary>
public sealed class LeastConnection : ISchedule
{
    public string Name => "lc";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer? least = null;
        long leastLoad = long.MaxValue;
        foreach (RealServer server in service.Servers)
        {
            long load = Load.Connections(server);
            if (server.TakesNewConnections && load < leastLoad)
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

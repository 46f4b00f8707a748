using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// All to the one of the highest weight (<c>fo</c>) that takes new connections. The first of
/// equals, in list order.
/// </summary>
public sealed class WeightedFailover : ISchedule
{
    public string Name => "fo";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer? highest = null;
        foreach (RealServer server in service.Servers)
        {
            if (server.TakesNewConnections && server.Weight > (highest?.Weight ?? 0))
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

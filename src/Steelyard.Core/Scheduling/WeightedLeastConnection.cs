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

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now) =>
        Load.LeastForWeight(service.Servers);

    public void OnServersChanged(VirtualService service)
    {
    }
}

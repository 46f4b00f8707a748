using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// Where a new connection would wait least (<c>sed</c>): the least of (active + 1) / weight.
/// The first of equals, in list order.
/// </summary>
public sealed class ShortestExpectedDelay : ISchedule
{
    public string Name => "sed";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now) =>
        Load.ShortestDelay(service.Servers);

    public void OnServersChanged(VirtualService service)
    {
    }
}

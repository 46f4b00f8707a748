using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// By the address that is asked for (<c>dh</c>), for services of many addresses: caches, proxies.
/// Weights count only as zero or not. Whose server is quiesced or overloaded gets none.
/// </summary>
public sealed class DestinationHash : ISchedule
{
    private readonly HashBuckets _buckets = new();

    public string Name => "dh";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now) =>
        _buckets.Pick(flow.Virtual.Address);

    public void OnServersChanged(VirtualService service) =>
        _buckets.Fill(service, byWeight: false);
}

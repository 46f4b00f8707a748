using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// By the client address (<c>sh</c>): a client stays with its server as long as the servers and
/// their weights stay. The clients of a server with weight 0 get none.
/// </summary>
public sealed class SourceHash : ISchedule
{
    private readonly HashBuckets _buckets = new();

    public string Name => "sh";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now) =>
        _buckets.Pick(flow.Client.Address);

    public void OnServersChanged(VirtualService service) =>
        _buckets.Fill(service, byWeight: true);
}

using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// By the client address (<c>sh</c>): a client stays with its server as long as the servers and
/// their weights stay. The clients of a server that is quiesced or overloaded get none, or
/// with <c>sh-fallback</c> another; <c>sh-port</c> tells a client's ports apart.
/// </summary>
public sealed class SourceHash : ISchedule
{
    private readonly HashBuckets _buckets = new();

    public string Name => "sh";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        SchedulerFlags flags = service.Settings.Flags;
        ushort port = (flags & SchedulerFlags.Port) != 0 ? flow.Client.Port : (ushort)0;
        return (flags & SchedulerFlags.Fallback) != 0
            ? _buckets.PickOrNext(flow.Client.Address, port)
            : _buckets.Pick(flow.Client.Address, port);
    }

    public void OnServersChanged(VirtualService service) =>
        _buckets.Fill(service, byWeight: true);
}

using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control;

/// <summary>A service with its servers as <c>ipvsadm</c> lists them.</summary>
public sealed record ListedService(
    ServiceKey Key,
    ServiceSettings Settings,
    TrafficCounters Counters,
    RateEstimator Rates,
    ImmutableArray<ListedServer> Servers)
{
    internal static ListedService Of(ServiceEntry service) => new(
        service.Service.Key,
        service.SentSettings,
        service.Service.Counters,
        service.Rates,
        [.. service.All
            .Where(server => server.IsInService)
            .Reverse()
            .Select(Of)]);

    // A server on the box itself is listed by the method that was asked for.
    private static ListedServer Of(ServerEntry server) => new(
        server.Server,
        server.SentSettings with { Method = server.Config.Settings.Method },
        server.Rates);
}

/// <summary>What of connection replication runs, as the sync daemons of LVS are listed.</summary>
/// <param name="IsMaster">It sends; else it receives.</param>
public sealed record ListedDaemon(bool IsMaster, SyncConfig Config)
{
    /// <summary>Bytes of a message.</summary>
    public const int MaximumLength = ConnectionReplica.MaximumLength;

    /// <summary>
    /// By the state of the router that the configuration names; both without one.
    /// </summary>
    public static ImmutableArray<ListedDaemon> Of(Controller controller)
    {
        if (controller.Config.Sync is not SyncConfig sync)
        {
            return [];
        }

        if (sync.VirtualRouter is not string name)
        {
            return [new(true, sync), new(false, sync)];
        }

        bool isMaster = controller.Routers.Any(
            router => router.Name == name && router.State == VirtualRouterState.Master);
        return [new(isMaster, sync)];
    }
}

/// <param name="Server">Its counters and connections.</param>
/// <param name="Settings">In force now.</param>
public sealed record ListedServer(
    RealServer Server, ServerSettings Settings, RateEstimator Rates);

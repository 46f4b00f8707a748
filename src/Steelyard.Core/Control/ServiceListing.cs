using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Services;

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

/// <summary>A sync daemon that runs, as those of LVS are listed.</summary>
/// <param name="IsMaster">It tells of connections; else it learns them.</param>
public sealed record ListedDaemon(bool IsMaster, SyncConfig Config);

/// <param name="Server">Its counters and connections.</param>
/// <param name="Settings">In force now.</param>
public sealed record ListedServer(
    RealServer Server, ServerSettings Settings, RateEstimator Rates);

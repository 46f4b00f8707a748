using System.Collections.Immutable;
using System.Linq;
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
            .Select(server => new ListedServer(
                server.Server, server.SentSettings, server.Rates))]);
}

/// <param name="Server">Its counters and connections.</param>
/// <param name="Settings">In force now.</param>
public sealed record ListedServer(
    RealServer Server, ServerSettings Settings, RateEstimator Rates);

using System.Linq;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Loops;

/// <summary>Draws what <c>ipvsadm -L</c> prints from what the controller knows.</summary>
internal static class ListingPicture
{
    /// <summary>
    /// Buckets that LVS shows; our table has no such number, and the line wants one.
    /// </summary>
    private const int TableSize = 4096;

    public static IpvsListing Take(Controller controller) => new(
        TableSize,
        TimeoutsOf(controller),
        [.. controller.ListServices().Select(Of)],
        [.. controller.Daemons.List().Select(Of)]);

    private static IpvsTimeouts TimeoutsOf(Controller controller) => new(
        (int)controller.Timeouts.Tcp.TotalSeconds,
        (int)controller.Timeouts.TcpFin.TotalSeconds,
        (int)controller.Timeouts.Udp.TotalSeconds);

    private static IpvsServiceEntry Of(ListedService listed) => new(
        new IpvsService(listed.Key) { Settings = listed.Settings },
        Of(listed.Counters),
        Of(listed.Rates),
        [.. listed.Servers.Select(Of)]);

    private static IpvsServerEntry Of(ListedServer listed) => new(
        new IpvsServer(listed.Server.Endpoint) { Settings = listed.Settings },
        listed.Server.ActiveConnections,
        listed.Server.InactiveConnections,
        listed.Server.PersistentConnections,
        Of(listed.Server.Counters),
        Of(listed.Rates));

    private static IpvsDaemon Of(ListedDaemon daemon) => new(daemon.IsMaster)
    {
        Interface = daemon.Config.Interface,
        SyncId = daemon.Config.SyncId,
        MaximumLength = daemon.Config.MaximumLength,
        Group = daemon.Config.Group,
        Port = daemon.Config.Port,
        TimeToLive = daemon.Config.TimeToLive,
    };

    private static IpvsCounters Of(TrafficCounters counters) => new(
        counters.Connections,
        counters.InPackets,
        counters.OutPackets,
        counters.InBytes,
        counters.OutBytes);

    private static IpvsCounters Of(RateEstimator rates) => new(
        rates.Connections, rates.InPackets, rates.OutPackets, rates.InBytes, rates.OutBytes);
}

using System.Collections.Immutable;
using Steelyard.Core.Control;

namespace Steelyard.Tests.Mqtt;

/// <summary>Pictures of a small box, to be changed with <c>with</c>.</summary>
internal static class Pictures
{
    public static RealServerStatus Server(string address, long scale = 0) => new(
        address, "nat", 1, 1, "up", (int)scale, 0, scale, scale * 10, scale * 8, scale * 1000,
        scale * 9000, string.Empty);

    public static ServiceStatus Service(params ImmutableArray<RealServerStatus> servers) =>
        new("tcp 192.168.100.1:80", "wlc", true, 1, false, servers);

    public static BoxStatus Box(
        double uptimeS, params ImmutableArray<ServiceStatus> services) => new(
        "left",
        "0.1.0",
        uptimeS,
        [new("outside", "MASTER", 51, 150, "eth0", ["192.168.100.1/24"], 12.7, 3)],
        services,
        [
            new("eth0", true, 100, 90, 10_000, 9_000,
                ImmutableSortedDictionary<string, long>.Empty.Add("bad_checksum", 2)),
        ],
        new("off", 0),
        new("on", "on", "off"),
        new(true, "right"),
        false,
        new(5, 20, 15));
}

using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Routing;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;

namespace Steelyard.Tests.Golden;

/// <summary>
/// The recordings' network: clients behind one router, real servers 11 to 30 on the other side.
/// </summary>
internal static class Topology
{
    public const int FirstServer = 11;
    public const int LastServer = 30;

    /// <summary>The link of the sync daemons.</summary>
    private const int SyncIndex = 7;
    private static readonly MacAddress SyncMac = new(0x02_00_00_00_07_01);

    public static IpAddress[] Routers { get; } =
        [IpAddress.Parse("10.254.0.2"), IpAddress.Parse("fd00:254::2")];

    /// <summary>What servers have as their gateway, held by the box.</summary>
    public static IpAddress[] Gateways { get; } =
        [IpAddress.Parse("10.1.0.254"), IpAddress.Parse("fd00:1::fe")];

    /// <summary>The two ends of the link to the box's own kernel.</summary>
    public const int KernelIndex = 84;
    public const int LocalIndex = 85;

    public static MacAddress KernelMac { get; } = new(0x0200_0000_0084);

    public static MacAddress LocalMac { get; } = new(0x0200_0000_0085);

    public static IEnumerable<int> Servers =>
        Enumerable.Range(FirstServer, LastServer - FirstServer + 1);

    public static IpAddress Server(int number, bool isIpv4) =>
        IpAddress.Parse(isIpv4 ? $"10.1.0.{number}" : $"fd00:1::{number:x}");

    public static MacAddress StationOf(IpAddress server) => TestBox.ServerMac(
        (int)((server.IsIpv4 ? server.Ipv4 : (uint)server.Low) & 0xFF));

    public static IpAddress ServerAt(MacAddress station, bool isIpv4)
    {
        int number = Servers.FirstOrDefault(one => TestBox.ServerMac(one) == station);
        Assert.True(number > 0, $"{station} is no server's");
        return Server(number, isIpv4);
    }

    public static NetworkPicture Picture(int clientSideMtu, int serverSideMtu) => new(
        [
            new(
                TestBox.OutsideIndex,
                "c0",
                TestBox.OutsideMac,
                clientSideMtu,
                true,
                [Prefix("10.254.0.1/30"), Prefix("fd00:254::1/64")]),
            new(
                TestBox.InsideIndex,
                "s0",
                TestBox.InsideMac,
                serverSideMtu,
                true,
                [Prefix("10.1.0.1/24"), Prefix("fd00:1::1/64")]),
            new(
                KernelIndex,
                LocalLink.KernelSide,
                KernelMac,
                serverSideMtu,
                true,
                [Prefix("169.254.84.1/24")]),
            new(LocalIndex, LocalLink.EngineSide, LocalMac, serverSideMtu, true, []),
            new(SyncIndex, "m0", SyncMac, 1500, true, [Prefix("10.2.0.1/24")]),
        ],
        [
            new(Prefix("0.0.0.0/0"), Routers[0], TestBox.OutsideIndex, 0),
            new(Prefix("::/0"), Routers[1], TestBox.OutsideIndex, 0),
            new(Prefix("10.254.0.0/30"), null, TestBox.OutsideIndex, 0),
            new(Prefix("fd00:254::/64"), null, TestBox.OutsideIndex, 0),
            new(Prefix("10.1.0.0/24"), null, TestBox.InsideIndex, 0),
            new(Prefix("fd00:1::/64"), null, TestBox.InsideIndex, 0),
        ]);

    private static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return prefix;
    }
}

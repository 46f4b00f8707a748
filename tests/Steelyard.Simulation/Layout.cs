using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>
/// Who is where: outside 10.254.0.0/24 with the clients' router .100 and the virtual address .10;
/// inside 10.1.0.0/24 with servers .11 and on, and their gateway .254, which is virtual too. The
/// boxes are .1 and .2 on both. Servers that answer by themselves have a leg outside: .33 and on.
/// </summary>
internal static class Layout
{
    public const string Outside = "outside";
    public const string Inside = "inside";
    public const int Servers = 3;

    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    public static readonly IpPrefix OutsideNetwork = new(IpAddress.FromIpv4(0x0AFE_0000), 24);
    public static readonly IpPrefix InsideNetwork = new(IpAddress.FromIpv4(0x0A01_0000), 24);
    public static readonly IpAddress Router = IpAddress.FromIpv4(0x0AFE_0064);
    public static readonly IpAddress Gateway = IpAddress.FromIpv4(0x0A01_00FE);
    public static readonly Endpoint Service = new(IpAddress.FromIpv4(0x0AFE_000A), 80);

    public static ImmutableArray<RouteEntry> Routes { get; } =
    [
        new(new(IpAddress.FromIpv4(0), 0), Router, 1, 0),
        new(OutsideNetwork, null, 1, 0),
        new(InsideNetwork, null, 2, 0),
    ];

    public static MacAddress Hardware(int box, int wire) =>
        new(0x02_00_00_00_0A_01 + ((ulong)box << 4) + (ulong)wire);

    /// <param name="isKeyed">The boxes authenticate what they tell each other.</param>
    public static ApplianceConfig Config(int box, Scenario scenario, bool isKeyed) => new()
    {
        BoxName = box == 0 ? "a" : "b",
        VirtualRouters =
        [
            RouterConfig("VI_OUT", Outside, 51, box, Service.Address),
            RouterConfig("VI_IN", Inside, 52, box, Gateway),
        ],
        SyncGroups = [new("VG", ["VI_OUT", "VI_IN"])],
        Sync = new("sync", 7),
        SyncKeys = isKeyed ? [Key] : [],
        SourcePool = [Gateway],
        VirtualServers =
        [
            new()
            {
                Key = new(scenario.Protocol, Service.Address, Service.Port),
                Settings = scenario.Settings,
                DelayLoop = TimeSpan.FromMilliseconds(200),
                RealServers =
                [
                    .. Enumerable.Range(1, Servers)
                        .Select(number => ServerConfig(number, scenario)),
                ],
            },
        ],
    };

    private static SyncKey Key { get; } =
        SyncKey.TryParse(new string('7', 2 * SyncKey.Length), out SyncKey? key) ? key
        : throw new ViolationException("the pair's key is none");

    private static VirtualRouterConfig RouterConfig(
        string name, string wire, byte vrid, int box, IpAddress address) => new()
        {
            Name = name,
            Interface = wire,
            VirtualRouterId = vrid,
            Priority = box == 0 ? (byte)150 : (byte)100,
            Version = 3,
            AdvertisementInterval = Interval,
            Addresses = [new(address, 24)],
            GratuitousArpRepeat = 2,
            GratuitousArpDelay = TimeSpan.FromMilliseconds(500),
        };

    private static RealServerConfig ServerConfig(int number, Scenario scenario)
    {
        // What is not translated keeps its port.
        ushort port = scenario.AnswersPassTheBox ? SimulatedServer.Port : Service.Port;
        Endpoint endpoint = new(SimulatedServer.AddressOf(number), port);
        return new()
        {
            Endpoint = endpoint,
            Settings = new ServerSettings { Method = scenario.Method },
            Checks =
            [
                new()
                {
                    Kind = CheckKind.Tcp,
                    Target = endpoint,
                    ConnectTimeout = TimeSpan.FromMilliseconds(100),
                    DelayLoop = TimeSpan.FromMilliseconds(200),
                    DelayBeforeRetry = TimeSpan.FromMilliseconds(50),
                    Warmup = TimeSpan.FromMilliseconds(50),
                },
            ],
        };
    }
}

using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Control;

namespace Steelyard.Rig.Dashboard;

/// <summary>
/// Pictures of a pair at work, second by second: three services, a wave of traffic, one server
/// that fails. Only the numbers are made up; they travel the real way.
/// </summary>
internal sealed class Scene(string box, string twin, bool carries)
{
    private static readonly (string Service, string Scheduler, string Method, string[] Servers)[]
        Services =
        [
            ("tcp 192.168.100.1:80", "wlc", "nat",
                ["10.0.0.11:8080", "10.0.0.12:8080", "10.0.0.13:8080"]),
            ("tcp 192.168.100.1:443", "wrr", "direct",
                ["10.0.0.11:443", "10.0.0.12:443", "10.0.0.13:443"]),
            ("udp 192.168.100.1:53", "rr", "nat", ["10.0.0.21:53", "10.0.0.22:53"]),
        ];

    private readonly long[][] _connections =
        [.. Services.Select(service => new long[service.Servers.Length])];

    private double _uptimeS = 86_400;
    private double _since = 4_980;

    public bool Carries { get; set; } = carries;

    /// <summary>Whether 10.0.0.13 answers its checks.</summary>
    public bool IsServerDown { get; set; }

    public bool IsTwinAlive { get; set; } = true;

    public void TakeOver()
    {
        Carries = true;
        _since = 0;
    }

    /// <summary>The picture a second later.</summary>
    public BoxStatus Next()
    {
        _uptimeS++;
        _since++;
        ImmutableArray<ServiceStatus> services =
            [.. Services.Select((_, index) => ServiceAt(index))];
        long packets = services.Sum(
            service => service.RealServers.Sum(server => server.InPackets + server.OutPackets));
        int current = services.Sum(
            service => service.RealServers.Sum(server => server.Active + server.Inactive));
        return new(
            box,
            "0.1.0",
            _uptimeS,
            [
                Router("outside", 51, "eth0", "192.168.100.1/24"),
                Router("inside", 52, "eth1", "10.0.0.1/24"),
            ],
            services,
            [Port("eth0", packets, 3), Port("eth1", packets, 0)],
            new("off", 0),
            new("on", Carries ? "on" : "off", IsTwinAlive ? "off" : "blink"),
            new(IsTwinAlive, twin) { Missed = !IsTwinAlive },
            false,
            new(current, packets / 10, (packets / 10) - current));
    }

    private VirtualRouterStatus Router(string name, int vrid, string port, string address) => new(
        name, Carries ? "MASTER" : "BACKUP", vrid, Carries ? 150 : 100, port, [address], _since, 3);

    private static PortStatus Port(string name, long packets, long drops) => new(
        name, true, packets, packets, packets * 640, packets * 655,
        drops == 0
            ? ImmutableSortedDictionary<string, long>.Empty
            : ImmutableSortedDictionary<string, long>.Empty
                .Add("bad_checksum", drops).Add("no_service", drops * 14));

    private ServiceStatus ServiceAt(int index)
    {
        (string service, string scheduler, string method, string[] names) = Services[index];
        ImmutableArray<RealServerStatus> servers =
            [.. names.Select((name, place) => Server(index, place, name, method))];
        return new(service, scheduler, true, 1, false, servers);
    }

    private RealServerStatus Server(int index, int place, string name, string method)
    {
        bool isDown = IsServerDown && name.StartsWith("10.0.0.13:8", StringComparison.Ordinal);
        double wave = 1 + (0.35 * Math.Sin(_uptimeS / 37)) + (0.12 * Math.Sin(_uptimeS / 5.3));
        double perSecond = Carries && !isDown
            ? (wave * 42 / (index + 1)) + (7 * place) + (_uptimeS * 7919 % 5)
            : 0;
        _connections[index][place] += (long)perSecond;
        long total = _connections[index][place];
        return new(
            name, method, 1, isDown ? 0 : 1, isDown ? "down" : "up", (int)(perSecond * 1.8),
            (int)(perSecond * 3.1), total, total * 6, total * 7, total * 820, total * 9_400,
            isDown ? "connection refused" : string.Empty);
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Steelyard.Linux.Interop;
using Steelyard.Linux.Network;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Methods;

/// <summary>
/// One box with all methods, real clients before it and real servers behind it, of both families:
/// server11 and server12 route back by way of the box, server21 answers clients by a wire of its
/// own, server31 has no route to anywhere, and <c>web</c> outside knows nothing of the servers'
/// network.
/// </summary>
internal sealed class MethodsWorld : IDisposable
{
    // The kernel's numbers; those of the types of sockets are .NET's, too.
    private const int AddressFamilyIpv4 = 2;
    private const int AddressFamilyIpv6 = 10;

    private static readonly string[] Servers =
        ["server11", "server12", "server21", "server31", "server41", "server46"];

    private readonly RunningBox _box;
    private Dictionary<string, long> _drops = [];

    /// <param name="insideMtu">Of every link between the box and its servers.</param>
    internal MethodsWorld(int insideMtu)
    {
        Box = new BoxWorld();
        try
        {
            Furnish();
            SetInsideMtu(insideMtu);
            _box = new RunningBox(Box, "box2", MethodsConfig.Write());
            _box.WaitForRole("MASTER");
            Shell.Until(
                $"every service serves; the box's log: {_box.Log}",
                () => IsServed(MethodsConfig.Vip, MethodsConfig.Web)
                    && IsServed(MethodsConfig.Vip6, MethodsConfig.Web)
                    && IsServed(MethodsConfig.Vip, MethodsConfig.FullNat)
                    && IsServed(MethodsConfig.Vip6, MethodsConfig.FullNat)
                    && IsServed(MethodsConfig.Shared, MethodsConfig.Direct)
                    && IsServed(MethodsConfig.Shared6, MethodsConfig.Direct));
            _drops = Drops();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal BoxWorld Box { get; }

    internal static string Url(string address, int port, string path) =>
        address.Contains(':')
            ? $"'http://[{address}]:{port}{path}'"
            : $"http://{address}:{port}{path}";

    /// <summary>
    /// What stays on the way is told: a test that lost something it should not fails here.
    /// </summary>
    /// <param name="expected">Reasons for which the test's own packets are dropped.</param>
    internal void AssertNothingElseDropped(params string[] expected)
    {
        Dictionary<string, long> before = _drops;
        _drops = Drops();

        string[] unexpected = [.. _drops
            .Where(drop => drop.Value != before.GetValueOrDefault(drop.Key))
            .Select(drop => drop.Key)
            .Where(key => !expected.Contains(key[(key.IndexOf(' ') + 1)..]))];

        Assert.Empty(unexpected);
    }

    /// <summary>Connections, packets and octets of a service, as ipvsadm shows them.</summary>
    internal long[] Statistics(char protocol, string address, int port)
    {
        string endpoint = address.Contains(':') ? $"[{address}]:{port}" : $"{address}:{port}";
        string option = protocol == 's' ? "--sctp-service" : $"-{protocol}";
        (int code, string output) =
            _box.Ipvsadm($"-Ln --stats --exact {option} {endpoint}");
        Assert.True(code == 0, output);
        string line = output.Split('\n').Single(one => one.Contains(endpoint));
        return [.. line[(line.IndexOf(endpoint, StringComparison.Ordinal) + endpoint.Length)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>Downloads and uploads by curl; both come whole, and are counted.</summary>
    /// <param name="folder">Of the nginx that serves.</param>
    /// <param name="repliesPass">Whether the server's packets come back through the box.</param>
    internal void Exchange(string address, int port, string folder, bool repliesPass = true)
    {
        string file = Path.Combine(Box.Folder, folder, "large");
        string name = Guid.NewGuid().ToString("N");
        string size = new FileInfo(file).Length.ToString(CultureInfo.InvariantCulture);
        long[] before = Statistics('t', address, port);

        string down = Client(
            $"sh -c \"curl -gsS -m 60 {Url(address, port, "/large")} | sha256sum\"");
        string up = Client($"curl -gsS -m 60 -H 'Expect:' -o /dev/null -w '%{{http_code}} "
            + $"%{{size_upload}}' -T {file} {Url(address, port, "/up/" + name)}");

        string sum = Sum(file);
        Assert.Equal(sum, down);
        Assert.Equal($"201 {size}", up);
        Assert.Equal(sum, Sum(Path.Combine(Box.Folder, folder, "up", name)));
        long[] after = Statistics('t', address, port);
        Assert.Equal(before[0] + 2, after[0]);
        Assert.True(after[1] > before[1] && after[3] > before[3] + (5 << 20), "in is counted");
        Assert.Equal(repliesPass, after[4] > before[4] + (5 << 20));
    }

    /// <summary>A line of sh at the client; a failure is the test's.</summary>
    internal string Client(string line) => Box.In("client", line);

    /// <summary>
    /// A socket of a place. The runtime would refuse protocols that it does not know.
    /// </summary>
    internal Socket Open(string place, AddressFamily family, SocketType type, int protocol)
    {
        using NetworkNamespace network = NetworkNamespace.Open(Box.Name(place));
        int domain = family == AddressFamily.InterNetwork ? AddressFamilyIpv4 : AddressFamilyIpv6;
        int descriptor = network.Run(() =>
            Libc.socket(domain, (int)type | Libc.SOCK_CLOEXEC, protocol));
        Assert.True(descriptor >= 0, $"no socket of protocol {protocol}");
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true))
        {
            ReceiveTimeout = (int)Shell.Patience.TotalMilliseconds,
        };
    }

    /// <summary>
    /// The far end of a tunnel at server21: the kernel's device where it has one, else a program.
    /// </summary>
    internal ITunnelEnd OpenTunnel(int port) =>
        (ITunnelEnd?)KernelTunnel.TryOpen(this, "server21", port)
        ?? new ProgramTunnel(this, "server21", MethodsConfig.GuePort);

    internal static string Sum(string file) => Shell.Run($"sha256sum < {file}");

    public void Dispose()
    {
        _box?.Dispose();
        Box.Dispose();
    }

    private void Furnish()
    {
        Box.Host("web", "out", "192.168.100.20/24");
        Box.Host("server21", "in", "10.0.0.21/24");
        Box.Leg("server21", "out", "direct", "192.168.100.121/24");
        Box.Host("server31", "in", "10.0.0.31/24");
        Box.Host("caller4", "out", "192.168.100.14/24");
        Shell.Run($"ip -n {Box.Name("caller4")} route add default via {MethodsConfig.Vip}");
        Box.Host("caller6", "out", "fd00:a::16/64");
        Box.Host("server41", "in", "10.0.0.41/24");
        Shell.Run($"ip -n {Box.Name("server41")} route add default via {BoxWorld.Gateway}");
        Box.Host("server46", "in", "fd00:b::46/64");
        Shell.Run($"ip -n {Box.Name("server46")} route add default via fd00:b::1");
        AddAddress("client", "eth0", "fd00:a::10/64");
        AddAddress("web", "eth0", "fd00:a::20/64");
        AddAddress("box2", "outside", "fd00:a::2/64");
        AddAddress("box2", "inside", "fd00:b::2/64");
        AddAddress("server21", "direct", "fd00:a::121/64");
        Shell.Run($"ip -n {Box.Name("client")} route add default via {MethodsConfig.Vip6}");
        foreach (int number in (int[])[11, 12, 21, 31])
        {
            AddAddress($"server{number}", "eth0", $"fd00:b::{number}/64");
        }

        foreach (string server in (string[])["server11", "server12"])
        {
            Shell.Run($"ip -n {Box.Name(server)} route add default via fd00:b::1");
        }

        Box.In("server21", "sysctl -qw net.ipv4.conf.all.arp_ignore=1 "
            + "net.ipv4.conf.all.arp_announce=2 net.ipv4.conf.all.rp_filter=0 "
            + "net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.direct.rp_filter=0 "
            + "net.ipv4.conf.lo.rp_filter=0");
        AddAddress("server21", "lo", MethodsConfig.Shared + "/32");
        AddAddress("server21", "lo", MethodsConfig.Shared6 + "/128");
        string[] ports = [.. MethodsConfig.Tunnels.Select(tunnel => tunnel.Port)
            .Prepend(MethodsConfig.Direct)
            .Select(port => port.ToString(CultureInfo.InvariantCulture))];
        Nginx.Start(
            Box, "server21", "nginx21", [.. ports, .. ports.Select(port => $"[::]:{port}")]);
        Nginx.Start(Box, "server31", "nginx31", "8080", "[::]:8080");
        Nginx.Start(Box, "web", "nginxweb", "80", "[::]:80");
    }

    private void AddAddress(string place, string link, string address) => Shell.Run(
        $"ip -n {Box.Name(place)} addr add {address} dev {link}"
        + (address.Contains(':') ? " nodad" : string.Empty));

    private void SetInsideMtu(int mtu)
    {
        Shell.Run($"ip -n {Box.Name("in")} -o link show type veth | "
            + "sed 's/^[0-9]*: //; s/@.*//' | xargs -I LINK "
            + $"ip -n {Box.Name("in")} link set LINK mtu {mtu}");
        Shell.Run($"ip -n {Box.Name("box2")} link set inside mtu {mtu}");
        foreach (string host in Servers)
        {
            Shell.Run($"ip -n {Box.Name(host)} link set eth0 mtu {mtu}");
        }
    }

    private bool IsServed(string address, int port) => Box.TryIn(
        "client", $"curl -gsS -m 2 {Url(address, port, "/name")}").Output.StartsWith("server");

    private Dictionary<string, long> Drops() => _box.Status().GetProperty("ports")
        .EnumerateArray()
        .SelectMany(port => port.GetProperty("drops").EnumerateObject()
            .Select(drop => (port.GetProperty("name").GetString() + " " + drop.Name, drop.Value)))
        .ToDictionary(pair => pair.Item1, pair => pair.Value.GetInt64());
}

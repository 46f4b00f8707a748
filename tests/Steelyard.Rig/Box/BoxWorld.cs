using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Steelyard.Rig.Box;

/// <summary>
/// A client, an outside and an inside segment, places for two boxes, and two real nginx servers,
/// in network namespaces of their own:
/// <c>client 192.168.100.10 - outside - box .2/.3 - inside - servers 10.0.0.11, .12</c>.
/// </summary>
internal sealed class BoxWorld : IDisposable
{
    internal const string Vip = "192.168.100.1";
    internal const string Gateway = "10.0.0.1";
    private static int _worlds;

    private readonly List<string> _places = [];
    private readonly string _prefix = string.Create(
        CultureInfo.InvariantCulture,
        $"sy{Environment.ProcessId % 10000}x{Interlocked.Increment(ref _worlds)}");

    internal BoxWorld()
    {
        Folder = Directory.CreateTempSubdirectory("steelyard-rig-").FullName;
        try
        {
            Segment("out");
            Segment("in");
            Host("client", "out", "192.168.100.10/24");
            Shell.Run($"ip -n {Name("client")} route add default via {Vip}");
            foreach (int number in (int[])[2, 3])
            {
                Place($"box{number}");
                Leg($"box{number}", "out", "outside", $"192.168.100.{number}/24");
                Leg($"box{number}", "in", "inside", $"10.0.0.{number}/24");
            }

            foreach (int number in (int[])[11, 12])
            {
                Host($"server{number}", "in", $"10.0.0.{number}/24");
                Shell.Run($"ip -n {Name($"server{number}")} route add default via {Gateway}");
                StartNginx(number);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string Folder { get; }

    /// <summary>A namespace's name on this machine.</summary>
    internal string Name(string place) => $"{_prefix}-{place}";

    /// <summary>Runs a line of sh in a place; a failure is the test's.</summary>
    internal string In(string place, string line) =>
        Shell.Run($"ip netns exec {Name(place)} {line}");

    internal (int Code, string Output) TryIn(string place, string line) =>
        Shell.Try($"ip netns exec {Name(place)} {line}");

    /// <summary>One request by real curl: the server's answer, or curl's complaint.</summary>
    internal string Curl(string path = "/name", string port = "80") =>
        TryIn("client", $"curl -sS -m 5 http://{Vip}:{port}{path}").Output;

    internal void StopNginx(int number) => Nginx.Stop(this, $"nginx{number}");

    internal void StartNginx(int number)
    {
        In($"server{number}", "sysctl -qw net.ipv4.ip_nonlocal_bind=1");
        Nginx.Start(this, $"server{number}", $"nginx{number}", "8080", "[::]:8080", $"{Vip}:80");
    }

    /// <summary>
    /// Makes the servers ready for direct routing: they hold the VIP and do not say so.
    /// </summary>
    internal void HoldVipOnServers()
    {
        foreach (int number in (int[])[11, 12])
        {
            string name = $"server{number}";
            In(name, "sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2");
            Shell.Run($"ip -n {Name(name)} addr add {Vip}/32 dev lo");
            Leg(name, "out", "direct", $"192.168.100.{number + 100}/24");
        }
    }

    public void Dispose()
    {
        foreach (string place in _places)
        {
            _ = Shell.Try($"ip netns pids {Name(place)} | xargs -r kill -9");
            _ = Shell.Try($"ip netns del {Name(place)}");
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A switch: a bridge in a namespace of its own.</summary>
    private void Segment(string segment)
    {
        Place(segment);
        Shell.Run($"ip -n {Name(segment)} link add br0 type bridge");
        Shell.Run($"ip -n {Name(segment)} link set br0 up");
    }

    /// <summary>A place with one wire, to a segment.</summary>
    internal void Host(string place, string segment, string address)
    {
        Place(place);
        Leg(place, segment, "eth0", address);
    }

    /// <summary>A wire from a place to a segment.</summary>
    internal void Leg(string place, string segment, string link, string address)
    {
        Shell.Run($"ip -n {Name(place)} link set lo up");
        string far = $"{place}{segment}";
        Shell.Run($"ip link add {link} netns {Name(place)} type veth "
            + $"peer name {far} netns {Name(segment)}");
        Shell.Run($"ip -n {Name(segment)} link set {far} master br0 up");
        Shell.Run($"ip -n {Name(place)} link set {link} up");
        Shell.Run($"ip -n {Name(place)} addr add {address} dev {link}");
    }

    private void Place(string place)
    {
        _places.Add(place);
        Shell.Run($"ip netns add {Name(place)}");
    }
}

using System;
using System.Linq;
using System.Threading;

namespace Steelyard.Rig.Box;

/// <summary>Address translation by a real box: curl, nginx and tcpdump look on.</summary>
public sealed class NatTests
{
    [RootFact]
    public void Curl_reaches_both_servers_in_turn_through_mapped_ports()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitUntilServing();

        string[] answers = [.. Enumerable.Range(0, 6).Select(_ => world.Curl())];

        Assert.Equal(3, answers.Count(answer => answer == "server11"));
        Assert.Equal(3, answers.Count(answer => answer == "server12"));
    }

    [RootFact]
    public void A_large_download_arrives_whole_with_offloads_and_without()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(second: false));
        box.WaitUntilServing();
        string sum = Shell.Run($"sha256sum < {world.Folder}/nginx11/large");

        string Download() => world.In(
            "client", $"sh -c 'curl -sS -m 60 http://{BoxWorld.Vip}/large | sha256sum'");

        Assert.Equal(sum, Download());
        world.In("server11", "ethtool -K eth0 tx off tso off gso off");
        world.In("client", "ethtool -K eth0 tx off");
        Assert.Equal(sum, Download());
    }

    [RootFact]
    public void Every_checksum_is_right_on_the_far_side()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(second: false));
        world.In("client", "ethtool -K eth0 tx off");
        world.In("server11", "ethtool -K eth0 tx off");
        box.WaitUntilServing();
        Capture server = new(world, "server11", "tcp port 8080");
        Capture client = new(world, "client", "tcp port 80");

        Assert.Equal("server11", world.Curl());

        foreach (string seen in (string[])[server.Stop(), client.Stop()])
        {
            Assert.Contains("(correct)", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("incorrect", seen, StringComparison.Ordinal);
            Assert.DoesNotContain("bad cksum", seen, StringComparison.Ordinal);
        }
    }

    [RootFact]
    public void The_kernel_never_handles_what_the_box_handles_whatever_its_settings()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(second: false));
        box.WaitUntilServing();
        Capture server = new(world, "server11", "tcp[tcpflags] & tcp-syn != 0 and dst port 8080");
        string before = KernelCounters(world);

        int requests = 0;
        foreach (int forward in (int[])[0, 1])
        {
            foreach (int reversePath in (int[])[0, 1, 2])
            {
                foreach (int arpIgnore in (int[])[0, 1, 2, 8])
                {
                    world.In("box2", $"sysctl -qw net.ipv4.ip_forward={forward} "
                        + $"net.ipv4.conf.all.rp_filter={reversePath} "
                        + $"net.ipv4.conf.outside.rp_filter={reversePath} "
                        + $"net.ipv4.conf.inside.rp_filter={reversePath} "
                        + $"net.ipv4.conf.all.arp_ignore={arpIgnore}");
                    Assert.Equal("server11", world.Curl());
                    requests++;
                }
            }
        }

        Assert.Equal(before, KernelCounters(world));
        string seen = server.Stop();
        Assert.Equal(requests, seen.Split('\n').Count(line => line.Contains("Flags [S]")));
    }

    [RootFact]
    public void One_answer_comes_for_the_VIP_and_it_names_the_virtual_station()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitForRole("MASTER");
        box.WaitUntilServing();
        Capture client = new(world, "client", "arp and arp[6:2] == 2");
        world.In("client", $"ip neigh flush to {BoxWorld.Vip}");

        world.In("client", $"ping -c 1 -W 5 {BoxWorld.Vip}");

        string seen = client.Stop();
        Assert.Equal(1, seen.Split('\n').Count(line => line.Contains("Reply 192.168.100.1 is-at")));
        Assert.Contains("00:00:5e:00:01:33", seen, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_port_without_a_service_and_a_service_without_a_server_refuse()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(first: 0, second: false));
        box.WaitForRole("MASTER");
        Shell.Until(
            "the VIP answers",
            () => world.TryIn("client", $"ping -c 1 -W 1 {BoxWorld.Vip}").Code == 0);
        Thread.Sleep(1500); // A takeover settles: unknown segments are not answered for a second.

        // 7 is curl's "failed to connect"; a silent drop would be 28, "timed out".
        Assert.StartsWith("curl: (7)", world.Curl(port: "81"), StringComparison.Ordinal);
        Assert.StartsWith("curl: (7)", world.Curl(), StringComparison.Ordinal);
    }

    private static string KernelCounters(BoxWorld world)
    {
        string[] lines = world.In("box2", "cat /proc/net/snmp").Split('\n');
        string Value(string protocol, string name)
        {
            string[][] rows = [.. lines
                .Where(line => line.StartsWith(protocol + ":", StringComparison.Ordinal))
                .Select(line => line.Split(' '))];
            return $"{name}={rows[1][Array.IndexOf(rows[0], name)]}";
        }

        return string.Join(
            ' ', Value("Ip", "ForwDatagrams"), Value("Icmp", "OutDestUnreachs"),
            Value("Tcp", "OutRsts"));
    }
}

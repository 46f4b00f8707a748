using System;
using System.IO;

namespace Steelyard.Rig.Box;

/// <summary>
/// Virtual addresses of IPv6 on a switch that snoops: a kernel asks for them, and keepalived is the
/// twin.
/// </summary>
public sealed class Ipv6Tests
{
    private const string Vip = "2001:db8:100::1";
    private const string LinkVip = "fe80::51";
    private const string Station = "00:00:5e:00:02:33";

    [RootFact]
    public void A_kernel_finds_the_vip_and_the_vip_answers_ping()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, 100);
        box.WaitForRole("MASTER");

        world.In("client", $"ping -6 -c 1 -W 5 {Vip}");
        world.In("client", $"ping -6 -c 1 -W 5 {LinkVip}%eth0");

        Assert.Contains($"lladdr {Station} router", Neighbour(world));
        string groups = world.In("out", "bridge mdb show");
        Assert.Contains("ff02::12 ", groups);
        Assert.Contains("ff02::1:ff00:1 ", groups);
        Assert.Contains("ff02::1:ff00:51 ", groups);
    }

    [RootFact]
    public void A_newcomer_finds_that_the_vip_is_taken()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, 100);
        box.WaitForRole("MASTER");

        world.In("client", $"ip addr add {Vip}/64 dev eth0");

        Shell.Until(
            "the client's kernel sees the duplicate",
            () => world.In("client", "ip -6 addr show dev eth0").Contains("dadfailed"));
    }

    [RootFact]
    public void An_ipv6_address_of_an_ipv4_router_is_found_under_that_routers_station()
    {
        using BoxWorld world = MakeWorld();
        string config = Instance(100, BoxWorld.Vip + "/24", $"{Vip}/64") + Own;
        using RunningBox box = new(world, "box2", config);
        box.WaitForRole("MASTER");

        world.In("client", $"ping -6 -c 1 -W 5 {Vip}");

        Assert.Contains("lladdr 00:00:5e:00:01:33", Neighbour(world));
    }

    [RootFact]
    public void Keepalived_of_higher_priority_wins_resigns_and_takes_back()
    {
        using BoxWorld world = MakeWorld();
        StartKeepalived(world, 200);
        Shell.Until("keepalived holds the VIP", () => KeepalivedHolds(world));
        using RunningBox box = Start(world, 100);

        box.WaitForRole("BACKUP");
        world.In("client", $"ping -6 -c 1 -W 5 {Vip}");
        Assert.DoesNotContain(Station, Neighbour(world));

        StopKeepalived(world);
        box.WaitForRole("MASTER");
        Shell.Until("the client follows", () => Neighbour(world).Contains(Station));
        world.In("client", $"ping -6 -c 1 -W 5 {Vip}");

        StartKeepalived(world, 200);
        box.WaitForRole("BACKUP");
        Shell.Until("keepalived has taken back", () => KeepalivedHolds(world));
        Shell.Until("the client follows", () => !Neighbour(world).Contains(Station));
        Assert.DoesNotContain("ignores", box.Log);
        Assert.DoesNotContain("other addresses", box.Log);
    }

    [RootFact]
    public void Keepalived_of_lower_priority_gives_way_takes_over_and_gives_back()
    {
        using BoxWorld world = MakeWorld();
        using (RunningBox box = Start(world, 200))
        {
            box.WaitForRole("MASTER");
            StartKeepalived(world, 100);
            world.In("client", $"ping -6 -c 3 -i 0.5 -W 5 {Vip}");
            Assert.False(KeepalivedHolds(world));

            box.Signal("TERM");
            Shell.Until("keepalived has taken over", () => KeepalivedHolds(world));
        }

        using RunningBox again = Start(world, 200);
        again.WaitForRole("MASTER");
        Shell.Until("keepalived has given back", () => !KeepalivedHolds(world));
        world.In("client", $"ping -6 -c 1 -W 5 {Vip}");
    }

    private const string Own = """
        dashboard {
            off
        }
        telemetry {
            listen 127.0.0.1 18831
        }

        """;

    /// <summary>The outside segment's switch snoops, and asks who is in which group.</summary>
    private static BoxWorld MakeWorld()
    {
        BoxWorld world = new();
        try
        {
            world.In("out", "ip link set br0 type bridge mcast_snooping 1 mcast_querier 1");
            world.In("client", "ip addr add 2001:db8:100::10/64 dev eth0 nodad");
            world.In("box2", "ip addr add 2001:db8:100::2/64 dev outside nodad");
            world.In("box3", "ip addr add 2001:db8:100::3/64 dev outside nodad");
            Shell.Until("link-local addresses are proved unique", () => !world
                .In("box3", "ip -6 addr show dev outside")
                .Contains("tentative", StringComparison.Ordinal));
            return world;
        }
        catch
        {
            world.Dispose();
            throw;
        }
    }

    private static RunningBox Start(BoxWorld world, int priority) => new(
        world, "box2", Instance(priority, $"{LinkVip}/64\n        {Vip}/64") + Own);

    private static string Neighbour(BoxWorld world) =>
        world.In("client", $"ip -6 neigh show {Vip}");

    private static bool KeepalivedHolds(BoxWorld world) => world
        .In("box3", "ip -6 addr show dev outside")
        .Contains(Vip + "/", StringComparison.Ordinal);

    private static void StartKeepalived(BoxWorld world, int priority)
    {
        string config = Path.Combine(world.Folder, "keepalived.conf");
        File.WriteAllText(
            config,
            Instance(priority, $"{LinkVip}/64\n        {Vip}/64"));
        world.In("box3", $"keepalived -P -l -f {config} "
            + $"-p {world.Folder}/keepalived.pid -r {world.Folder}/vrrp.pid");
    }

    private static void StopKeepalived(BoxWorld world)
    {
        Shell.Run($"kill -TERM $(cat {world.Folder}/keepalived.pid)");
        Shell.Until(
            "keepalived has ended", () => !File.Exists(world.Folder + "/keepalived.pid"));
    }

    private static string Instance(int priority, string addresses, string excluded = "") => $$"""
        global_defs {
            router_id rig{{priority}}
            vrrp_version 3
        }
        vrrp_instance outside {
            state BACKUP
            interface outside
            virtual_router_id 51
            priority {{priority}}
            advert_int 0.2
            virtual_ipaddress {
                {{addresses}}
            }
            virtual_ipaddress_excluded {
                {{excluded}}
            }
        }

        """;
}

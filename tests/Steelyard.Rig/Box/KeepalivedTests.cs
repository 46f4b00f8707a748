using System;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Steelyard.Rig.Box;

/// <summary>
/// Debian's keepalived as the peer: each wins once, gives way once and takes back.
/// </summary>
public sealed class KeepalivedTests
{
    [RootTheory]
    [InlineData(3, "0.2")]
    [InlineData(2, "1")]
    public void Keepalived_of_higher_priority_wins_resigns_and_takes_back(
        int version, string advert)
    {
        using BoxWorld world = new();
        StartKeepalived(world, 200, version, advert);
        Shell.Until("keepalived holds the VIP", () => KeepalivedHolds(world));
        using RunningBox box = new(
            world, "box2", Configs.Routers(100, version, advert) + Configs.Web());

        box.WaitForRole("BACKUP");
        Thread.Sleep(DownInterval(advert));
        Assert.Equal("BACKUP", box.Role());
        Assert.True(KeepalivedHolds(world));

        StopKeepalived(world);
        box.WaitForRole("MASTER");
        box.WaitUntilServing();

        StartKeepalived(world, 200, version, advert);
        box.WaitForRole("BACKUP");
        Shell.Until("keepalived has taken back", () => KeepalivedHolds(world));
    }

    [RootTheory]
    [InlineData(3, "0.2")]
    [InlineData(2, "1")]
    public void Keepalived_of_lower_priority_gives_way_takes_over_and_gives_back(
        int version, string advert)
    {
        using BoxWorld world = new();
        string config = Configs.Routers(200, version, advert) + Configs.Web();
        using (RunningBox box = new(world, "box2", config))
        {
            box.WaitForRole("MASTER");
            StartKeepalived(world, 100, version, advert);
            box.WaitUntilServing();
            Thread.Sleep(DownInterval(advert));
            Assert.False(KeepalivedHolds(world));

            box.Signal("TERM");
            Shell.Until("the box has stopped", () => box.HasExited);
            Assert.Equal(0, box.ExitCode);
            Shell.Until("keepalived has taken over", () => KeepalivedHolds(world));
        }

        using RunningBox again = new(world, "box2", config);
        again.WaitForRole("MASTER");
        Shell.Until("keepalived has given back", () => !KeepalivedHolds(world));
        again.WaitUntilServing();
    }

    /// <summary>Longer than anybody waits for the adverts of a MASTER that is gone.</summary>
    private static TimeSpan DownInterval(string advert) =>
        TimeSpan.FromSeconds(double.Parse(advert, CultureInfo.InvariantCulture)) * 4;

    private static bool KeepalivedHolds(BoxWorld world) => world
        .In("box3", "ip -4 addr show dev outside")
        .Contains(BoxWorld.Vip + "/", StringComparison.Ordinal);

    private static void StartKeepalived(
        BoxWorld world, int priority, int version, string advert)
    {
        string config = Path.Combine(world.Folder, "keepalived.conf");
        File.WriteAllText(config, $$"""
            global_defs {
                vrrp_version {{version}}
                router_id rig
            }
            vrrp_sync_group pair {
                group {
                    outside
                    inside
                }
            }
            {{Instance("outside", 51, priority, advert, "192.168.100.1/24")}}
            {{Instance("inside", 52, priority, advert, "10.0.0.1/24")}}
            """);
        world.In("box3", $"keepalived -P -l -f {config} "
            + $"-p {world.Folder}/keepalived.pid -r {world.Folder}/vrrp.pid");
    }

    private static void StopKeepalived(BoxWorld world)
    {
        Shell.Run($"kill -TERM $(cat {world.Folder}/keepalived.pid)");
        Shell.Until(
            "keepalived has ended", () => !File.Exists(world.Folder + "/keepalived.pid"));
    }

    private static string Instance(
        string name, int id, int priority, string advert, string address) => $$"""
        vrrp_instance {{name}} {
            state BACKUP
            interface {{name}}
            virtual_router_id {{id}}
            priority {{priority}}
            advert_int {{advert}}
            virtual_ipaddress {
                {{address}}
            }
        }
        """;
}

using System;
using System.IO;

namespace Steelyard.Rig.Box;

/// <summary>A real nginx on the box itself is the real server.</summary>
public sealed class LocalNodeTests
{
    private const string Ipv6Vip = "2001:db8:100::1";

    [RootFact]
    public void A_process_on_the_box_serves_a_vip_and_sees_the_client()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, Service("10.0.0.2"));

        WaitFor(world, box, "192.168.100.10 10.0.0.2");

        string sum = Shell.Run($"sha256sum < {world.Folder}/local/large");
        Assert.Equal(sum, world.In(
            "client", $"sh -c 'curl -sS -m 60 http://{BoxWorld.Vip}/large | sha256sum'"));
        Assert.Contains("10.0.0.2", box.Ipvsadm("-Ln").Output, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_kernels_reverse_path_filter_does_not_matter(int filter)
    {
        using BoxWorld world = MakeWorld();
        world.In("box2", $"sysctl -qw net.ipv4.conf.all.rp_filter={filter} "
            + $"net.ipv4.conf.default.rp_filter={filter}");
        using RunningBox box = Start(world, Service("10.0.0.2"));

        WaitFor(world, box, "192.168.100.10 10.0.0.2");
    }

    [RootFact]
    public void A_process_is_reached_under_the_vip_too()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, Service(BoxWorld.Vip));

        WaitFor(world, box, "192.168.100.10 169.254.84.16");
    }

    [RootFact]
    public void A_port_where_nobody_listens_refuses()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, Service("10.0.0.2", 8081));
        box.WaitForRole("MASTER");

        // 7 is curl's "failed to connect"; silence would be 28.
        Shell.Until(
            $"the client is refused; the box's log: {box.Log}",
            () => world.Curl().StartsWith("curl: (7)", StringComparison.Ordinal));
    }

    [RootFact]
    public void Over_ipv6_it_is_the_same()
    {
        using BoxWorld world = MakeWorld();
        world.In("client", "ip addr add 2001:db8:100::10/64 dev eth0 nodad");
        world.In("box2", "ip addr add 2001:db8:100::2/64 dev outside nodad");
        string config = Configs.Routers()
            .Replace(
                "192.168.100.1/24\n",
                $"192.168.100.1/24\n    }}\n    virtual_ipaddress_excluded {{\n{Ipv6Vip}/64\n",
                StringComparison.Ordinal)
            + $$"""
            virtual_server {{Ipv6Vip}} 80 {
                protocol TCP
                lvs_sched rr
                lvs_method NAT
                real_server 2001:db8:100::2 8080 {
                    weight 1
                }
            }

            """;
        StartNginx(world);
        using RunningBox box = new(world, "box2", config);

        Shell.Until(
            $"nginx answers over IPv6; the box's log: {box.Log}",
            () => world.TryIn("client", $"curl -sS -m 2 http://[{Ipv6Vip}]/who").Output
                == "2001:db8:100::10 2001:db8:100::2");
    }

    [RootFact]
    public void Rules_and_interfaces_come_and_go_with_the_servers()
    {
        using BoxWorld world = MakeWorld();
        using RunningBox box = Start(world, Configs.Web(second: false));
        box.WaitForRole("MASTER");
        Assert.False(HasLink(world));

        (int code, string output) =
            box.Ipvsadm($"-a -t {BoxWorld.Vip}:80 -r 10.0.0.2:8080 -m");
        Assert.True(code == 0, output);
        Shell.Until("the link is there", () => HasLink(world) && HasRule(world));

        Assert.Equal(0, box.Ipvsadm($"-d -t {BoxWorld.Vip}:80 -r 10.0.0.2:8080").Code);
        Shell.Until("the link is gone", () => !HasLink(world) && !HasRule(world));
    }

    [RootTheory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public void Nothing_is_left_behind_or_the_next_run_removes_it(string signal)
    {
        using BoxWorld world = MakeWorld();
        using (RunningBox box = Start(world, Service("10.0.0.2")))
        {
            WaitFor(world, box, "192.168.100.10 10.0.0.2");
            Assert.Contains("ipproto tcp sport 8080", world.In("box2", "ip rule show"));
            box.Signal(signal);
            Shell.Until("the box has ended", () => box.HasExited);
        }

        Assert.Equal(signal == "KILL", HasLink(world));
        Assert.Equal(signal == "KILL", HasRule(world));
        using RunningBox next = Start(world, string.Empty);
        next.WaitForRole("MASTER");
        Assert.False(HasLink(world) || HasRule(world));
    }

    private static BoxWorld MakeWorld()
    {
        BoxWorld world = new();
        StartNginx(world);
        return world;
    }

    private static RunningBox Start(BoxWorld world, string services) =>
        new(world, "box2", Configs.Routers() + services);

    private static void WaitFor(BoxWorld world, RunningBox box, string answer) => Shell.Until(
        $"nginx on the box answers {answer}; the box's log: {box.Log}",
        () => world.Curl("/who") == answer);

    private static bool HasLink(BoxWorld world) => world
        .In("box2", "ip -o link")
        .Contains("steelyard-l", StringComparison.Ordinal);

    private static bool HasRule(BoxWorld world) =>
        (world.In("box2", "ip rule show") + world.In("box2", "ip -6 rule show"))
        .Contains("21337", StringComparison.Ordinal);

    private static string Service(string server, int port = 8080) => $$"""
        virtual_server {{BoxWorld.Vip}} 80 {
            protocol TCP
            lvs_sched rr
            lvs_method NAT
            real_server {{server}} {{port}} {
                weight 1
            }
        }

        """;

    private static void StartNginx(BoxWorld world)
    {
        string folder = Path.Combine(world.Folder, "local");
        if (Directory.Exists(folder))
        {
            return;
        }

        _ = Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "large"), new string('x', 5 << 20));
        File.WriteAllText(Path.Combine(folder, "conf"), $$"""
            user root;
            worker_processes 1;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { worker_connections 256; }
            http {
                access_log off;
                server {
                    listen 8080;
                    listen [::]:8080;
                    root {{folder}};
                    location = /who { return 200 "$remote_addr $server_addr"; }
                    location = /large { }
                }
            }
            """);
        world.In("box2", $"nginx -p {folder} -c {folder}/conf");
    }
}

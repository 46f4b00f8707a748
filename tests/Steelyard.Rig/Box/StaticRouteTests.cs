using System;

namespace Steelyard.Rig.Box;

/// <summary>
/// Routers reach the VIP by a static route to the box's own address, as the kernel's selftest
/// ipvs.sh has it; the box's kernel forwards, and must leave these packets to the engine.
/// </summary>
public sealed class StaticRouteTests
{
    [RootTheory]
    [InlineData("NAT", 8080)]
    [InlineData("DR", 80)]
    public void A_service_is_served_through_a_route_to_the_boxs_own_address(
        string method, int port)
    {
        using BoxWorld world = new();
        if (method == "DR")
        {
            world.HoldVipOnServers();
        }

        Route(world);
        world.In("box2", "sysctl -qw net.ipv4.ip_forward=1");
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web(method, port));
        box.WaitForRole("MASTER");
        box.WaitUntilServing();

        for (int request = 0; request < 10; request++)
        {
            Assert.StartsWith("server", world.Curl(), StringComparison.Ordinal);
        }

        Assert.Equal(0, world.TryIn("client", $"ping -c 1 -W 2 {BoxWorld.Vip}").Code);
        Assert.Equal(
            string.Empty, world.In("client", $"ip neigh show to {BoxWorld.Vip}").Trim());
    }

    [RootFact]
    public void Servers_whose_gateway_is_the_boxs_own_address_are_answered_for()
    {
        using BoxWorld world = new();
        Route(world);
        foreach (int number in (int[])[11, 12])
        {
            world.In($"server{number}", "ip route replace default via 10.0.0.2");
        }

        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitForRole("MASTER");
        box.WaitUntilServing();

        Assert.StartsWith("server", world.Curl(), StringComparison.Ordinal);
    }

    [RootFact]
    public void Nothing_stays_shut_behind_a_box_that_was_killed()
    {
        using BoxWorld world = new();
        Route(world);
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitForRole("MASTER");
        world.In("box2", $"ip addr add {BoxWorld.Vip}/32 dev outside");
        Shell.Until("the address is named", () => box.Command("status --json").Output.Contains(
            $"ip addr del {BoxWorld.Vip}/32 dev outside", StringComparison.Ordinal));

        box.Signal("KILL");
        Shell.Until("the box is dead", () => box.HasExited);

        Assert.Equal(0, world.TryIn("client", $"ping -c 1 -W 2 {BoxWorld.Vip}").Code);
    }

    private static void Route(BoxWorld world) => world.In(
        "client", $"ip route add {BoxWorld.Vip}/32 via 192.168.100.2");
}

using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Tests.Control;

/// <summary>What passes between a box's routers and its twin.</summary>
public sealed class TwinControlTests
{
    [Fact]
    public void The_router_that_is_named_moves_though_another_has_its_VRID()
    {
        ControlWorld world = new(2);
        world.Configure(world.A, OneVridOnBothWires(150));
        world.Configure(world.B, OneVridOnBothWires(100));
        world.RunFor(3000);
        Assert.Equal("MASTER MASTER", world.A.Roles);

        world.Do(now => Assert.Null(world.A.Controller.FailOver("VI_IN", force: false, now)));
        world.RunFor(100);

        Assert.Equal("MASTER BACKUP", world.A.Roles);
        Assert.Equal("BACKUP MASTER", world.B.Roles);
    }

    [Fact]
    public void A_box_that_loses_its_sync_channel_while_it_learns_may_preempt()
    {
        ControlWorld world = new(2);
        ApplianceConfig alone = Configs.Pair(150) with { Sync = null };
        world.Configure(world.B, Configs.Pair(100) with { Sync = null });
        world.RunFor(3000);
        world.Configure(world.A, Configs.Pair(150));
        world.RunFor(50);

        world.Configure(world.A, alone);
        world.RunFor(3000);

        Assert.Equal("MASTER MASTER", world.A.Roles);
    }

    /// <summary>The status and the fault LED say the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_twin_is_missed_only_where_the_configuration_has_one(bool hasTwin)
    {
        ControlWorld world = new(1);
        ApplianceConfig pair = Configs.Pair(150);

        world.Configure(world.A, hasTwin ? pair : pair with { Sync = null });
        world.RunFor(3000);

        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.Equal(hasTwin, world.A.Controller.Twin.Missed);
        Assert.Equal(
            hasTwin ? LedPattern.Blink : LedPattern.Off, world.A.Effects.Panel.Fault);
    }

    [Fact]
    public void A_twin_is_missed_from_its_silence_to_its_next_word()
    {
        ControlWorld world = ControlWorld.Pair();
        Assert.False(world.A.Controller.Twin.Missed);

        _ = world.SyncCuts.Add(world.B);
        world.RunFor(10_000);
        Assert.True(world.A.Controller.Twin.Missed);

        world.SyncCuts.Clear();
        world.RunFor(3000);
        Assert.False(world.A.Controller.Twin.Missed);
    }

    private static ApplianceConfig OneVridOnBothWires(byte priority) => Configs.Apart(
        Configs.Router("VI_OUT", "eth0", 51, priority, "192.0.2.10"),
        Configs.Router("VI_IN", "eth1", 51, priority, "10.1.2.254")) with
    {
        Sync = new SyncConfig("eth1", 7),
    };
}

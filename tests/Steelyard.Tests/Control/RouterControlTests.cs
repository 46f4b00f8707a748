using Steelyard.Core.Invariants;

namespace Steelyard.Tests.Control;

/// <summary>Reloads that move virtual routers between groups.</summary>
public sealed class RouterControlTests
{
    private readonly ControlWorld _world = new(1);

    private ControlBox Box => _world.A;

    [Fact]
    public void A_reload_that_groups_a_faulty_router_puts_the_whole_group_at_fault()
    {
        _world.Configure(Box, Configs.Apart(Configs.Outside(), Configs.Inside()));
        _world.RunFor(1000);
        _world.Do(_ => Box.Cable(1, isOut: true));
        Assert.Equal("MASTER FAULT", Box.Roles);

        _world.Configure(Box, Configs.Grouped(Configs.Outside(), Configs.Inside()));

        Assert.Equal("FAULT FAULT", Box.Roles);
    }

    [Fact]
    public void A_reload_that_takes_the_faulty_router_out_of_a_group_heals_the_rest()
    {
        _world.Configure(Box, Configs.Grouped(Configs.Outside(), Configs.Inside()));
        _world.RunFor(1000);
        _world.Do(_ => Box.Cable(1, isOut: true));
        Assert.Equal("FAULT FAULT", Box.Roles);

        _world.Configure(Box, Configs.Apart(Configs.Outside(), Configs.Inside()));
        _world.RunFor(1000);

        Assert.Equal("MASTER FAULT", Box.Roles);
    }

    [Fact]
    public void Reloads_that_group_routers_of_a_split_pair_bring_all_to_one_box()
    {
        ControlWorld pair = new(2);
        pair.Configure(pair.A, Configs.Apart(Configs.Outside(150), Configs.Inside(100)));
        pair.Configure(pair.B, Configs.Apart(Configs.Outside(100), Configs.Inside(150)));
        pair.RunFor(3000);
        Assert.Equal(("MASTER BACKUP", "BACKUP MASTER"), (pair.A.Roles, pair.B.Roles));

        pair.Configure(pair.A, Configs.Grouped(Configs.Outside(100), Configs.Inside(100)));
        pair.Configure(pair.B, Configs.Grouped(Configs.Outside(100), Configs.Inside(100)));
        pair.RunFor(3000);

        Assert.Contains("MASTER MASTER", new[] { pair.A.Roles, pair.B.Roles });
        Assert.Contains("BACKUP BACKUP", new[] { pair.A.Roles, pair.B.Roles });
    }

    [Fact]
    public void A_router_that_waited_for_its_group_waits_no_longer_when_it_stands_alone()
    {
        ControlWorld pair = new(2);
        pair.Configure(pair.A, Configs.Apart(Configs.Inside(150)));
        pair.Configure(pair.B, Configs.Grouped(Configs.Outside(), Configs.Inside()));
        pair.RunFor(3000);
        Assert.Equal("BACKUP BACKUP", pair.B.Roles);

        pair.Configure(pair.B, Configs.Apart(Configs.Outside(), Configs.Inside()));
        pair.RunFor(1000);

        Assert.Equal("MASTER BACKUP", pair.B.Roles);
    }

    [Fact]
    public void A_reload_that_leaves_a_group_as_it_was_moves_nothing()
    {
        ControlWorld pair = ControlWorld.Pair();

        pair.Configure(pair.A, Configs.Pair(160));
        pair.RunFor(1000);

        Assert.Equal("MASTER MASTER", pair.A.Roles);
        Assert.False(pair.A.Said("VG"));
    }

    [Fact]
    public void A_router_that_joins_a_masters_group_becomes_master_and_takes_nothing_from_it()
    {
        _world.Configure(Box, Configs.Grouped(Configs.Outside(), Configs.Inside()));
        _world.RunFor(1000);

        _world.Configure(Box, Configs.Grouped(
            Configs.Outside(),
            Configs.Inside(),
            Configs.Router("VI_THIRD", "eth2", 53, 100, "10.1.3.254")));

        Assert.Equal("MASTER MASTER BACKUP", Box.Roles);
        _world.RunFor(1000);
        Assert.Equal("MASTER MASTER MASTER", Box.Roles);
    }

    [Fact]
    public void A_router_that_comes_during_maintenance_waits_for_its_end()
    {
        _world.Configure(Box, Configs.Apart(Configs.Outside()));
        _world.Do(now => Assert.Null(Box.Controller.SetMaintenance(true, false, now)));

        _world.Configure(Box, Configs.Apart(Configs.Outside(), Configs.Inside()));
        _world.RunFor(3000);
        Assert.Equal("INIT INIT", Box.Roles);
        _world.Do(now => Assert.Null(Box.Controller.SetMaintenance(false, false, now)));
        _world.RunFor(3000);

        Assert.Equal("MASTER MASTER", Box.Roles);
    }

    [Fact]
    public void A_data_thread_that_does_not_hear_of_a_virtual_address_ends_the_box()
    {
        _world.Configure(Box, Configs.Apart(Configs.Outside()));
        Box.Effects.IsQueueFull = true;

        _ = Assert.Throws<InvariantException>(() => _world.RunFor(1000));
    }

    [Fact]
    public void A_data_thread_that_keeps_a_virtual_address_ends_the_box()
    {
        _world.Configure(Box, Configs.Apart(Configs.Outside()));
        _world.RunFor(1000);
        Assert.Equal("MASTER", Box.Roles);
        Box.Effects.IsQueueFull = true;

        _ = Assert.Throws<InvariantException>(
            () => _world.Do(now => Box.Controller.FailOver(null, force: true, now)));
    }
}

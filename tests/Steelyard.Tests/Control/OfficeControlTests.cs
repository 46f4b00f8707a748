using System.Linq;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Tests.Control;

/// <summary>A person's wish for who shall be MASTER, in a pair whose A is MASTER.</summary>
public sealed class OfficeControlTests
{
    private const string Begun = "maintenance has begun: the twin holds everything";

    private readonly ControlWorld _world = ControlWorld.Pair();

    [Fact]
    public void A_backup_that_stops_does_not_ask_for_the_office()
    {
        _world.Do(now => Assert.False(_world.B.Controller.PrepareStop(now)));
        _world.RunFor(50);

        Assert.Equal("MASTER MASTER", _world.A.Roles);
        Assert.Equal("BACKUP BACKUP", _world.B.Roles);
    }

    [Fact]
    public void A_master_that_stops_gives_away_what_it_holds()
    {
        _world.Do(now => Assert.True(_world.A.Controller.PrepareStop(now)));
        _world.RunFor(50);

        Assert.Equal("BACKUP BACKUP", _world.A.Roles);
        Assert.Equal("MASTER MASTER", _world.B.Roles);
        Assert.False(_world.A.Controller.IsHandingOver);
    }

    [Fact]
    public void Maintenance_begins_when_nothing_is_held_any_more()
    {
        _world.Cuts.Add(_world.B); // its first adverts are lost
        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, false, now)));
        Assert.False(_world.A.Said(Begun));
        _world.Cuts.Clear();

        _world.RunFor(2000);

        Assert.True(_world.A.Said(Begun));
        Assert.True(_world.A.Controller.IsInMaintenance);
        Assert.False(_world.B.Controller.Twin.CanTakeOver);
        Assert.True(_world.A.Controller.Twin.CanTakeOver);
        Assert.Equal("INIT INIT", _world.A.Roles);
        Assert.Equal("MASTER MASTER", _world.B.Roles);
    }

    [Fact]
    public void A_backup_goes_into_maintenance_at_once()
    {
        _world.Do(now => Assert.Null(_world.B.Controller.SetMaintenance(true, false, now)));

        Assert.True(_world.B.Said(Begun));
        Assert.Equal("INIT INIT", _world.B.Roles);
    }

    [Fact]
    public void A_box_in_maintenance_refuses_a_failover_and_asks_for_none()
    {
        _world.Do(now => Assert.Null(_world.B.Controller.SetMaintenance(true, false, now)));

        _world.Do(now => Assert.Contains(
            "this box is in maintenance",
            _world.B.Controller.FailOver(null, force: false, now),
            System.StringComparison.Ordinal));
        _world.Do(now => Assert.Contains(
            "this box is in maintenance",
            _world.B.Controller.FailOver(null, force: true, now),
            System.StringComparison.Ordinal));
        _world.RunFor(1000);

        Assert.Equal("MASTER MASTER", _world.A.Roles);
        Assert.Equal("INIT INIT", _world.B.Roles);
    }

    [Fact]
    public void A_twin_that_does_not_answer_leaves_the_master_in_its_office_and_at_work()
    {
        _world.SyncCuts.Add(_world.A);
        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, false, now)));

        _world.RunFor(200);

        Assert.Equal("MASTER MASTER", _world.A.Roles);
        Assert.False(_world.A.Controller.IsInMaintenance);
        Assert.False(_world.A.Said(Begun));
        Assert.True(_world.A.Said("maintenance has not begun"));
        Assert.Equal(LedPattern.FastBlink, _world.A.Effects.Panel.Fault);
    }

    [Fact]
    public void A_twin_that_agrees_and_is_never_heard_leaves_the_master_at_work()
    {
        _world.Cuts.Add(_world.B);
        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, false, now)));

        _world.RunFor(1000);

        Assert.Equal("MASTER MASTER", _world.A.Roles);
        Assert.True(_world.A.Said("nobody took over"));
        Assert.False(_world.A.Controller.IsInMaintenance);
        Assert.False(_world.A.Said(Begun));
    }

    [Fact]
    public void A_failed_maintenance_can_be_begun_again()
    {
        _world.SyncCuts.Add(_world.A);
        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, false, now)));
        _world.RunFor(200);
        _world.SyncCuts.Clear();
        _world.RunFor(2000);

        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, false, now)));
        _world.RunFor(2000);

        Assert.True(_world.A.Controller.IsInMaintenance);
        Assert.Equal("INIT INIT", _world.A.Roles);
    }

    [Fact]
    public void Forced_maintenance_resigns_when_the_twin_does_not_answer()
    {
        _world.SyncCuts.Add(_world.A);
        _world.Do(now => Assert.Null(_world.A.Controller.SetMaintenance(true, true, now)));

        _world.RunFor(200);

        Assert.True(_world.A.Controller.IsInMaintenance);
        Assert.Equal("INIT INIT", _world.A.Roles);
    }

    [Fact]
    public void A_press_without_a_living_twin_keeps_the_role_and_says_why()
    {
        ControlWorld world = new(1);
        world.Configure(world.A, Configs.Pair(150));
        world.RunFor(3000);
        Assert.Equal("MASTER MASTER", world.A.Roles);

        world.Do(now => world.A.Controller.OnButton(true, now));
        world.RunFor(200);
        world.Do(now => world.A.Controller.OnButton(false, now));
        world.RunFor(100);

        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.Equal(LedPattern.FastBlink, world.A.Effects.Panel.Fault);
        Assert.Equal(
            ("button", "no failover: no living twin"),
            world.A.Effects.Events
                .Where(happening => happening.Kind == "refused")
                .Select(happening => (happening.Subject, happening.Sentence))
                .Single());
    }
}

using System.Linq;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;
using static Steelyard.Core.Vrrp.VirtualRouterState;

namespace Steelyard.Tests.Vrrp;

/// <summary>Two boxes with an outside (VRID 51) and an inside (VRID 52) router each.</summary>
public sealed class SyncGroupTests
{
    private readonly Segment _segment = new();
    private readonly VirtualRouter _outsideA;
    private readonly VirtualRouter _insideA;
    private readonly VirtualRouter _outsideB;
    private readonly VirtualRouter _insideB;
    private readonly SyncGroup _groupA;
    private readonly SyncGroup _groupB;

    public SyncGroupTests()
    {
        (_outsideA, _insideA, _groupA) = Box(1, 200);
        (_outsideB, _insideB, _groupB) = Box(2, 100);
        _segment.RunFor(1050);
        Assert.True(_groupA.IsMaster);
        Assert.Equal((Backup, Backup), (_outsideB.State, _insideB.State));
    }

    [Fact]
    public void A_fault_of_one_member_is_a_fault_of_all_and_the_twin_takes_all()
    {
        _segment.Do(now => _outsideA.OnInterface(false, null, now));

        Assert.Equal((Fault, Fault), (_outsideA.State, _insideA.State));
        Assert.Equal(0, _segment.Adverts[^1].Priority); // the inside resigns
        _segment.RunFor(500);
        Assert.True(_groupB.IsMaster);
    }

    [Fact]
    public void The_group_recovers_when_its_last_faulty_member_does()
    {
        _segment.Do(now => _outsideA.OnInterface(false, null, now));
        _segment.Do(now => _insideA.OnInterface(false, null, now));
        _segment.RunFor(1000);

        _segment.Do(now => _insideA.OnInterface(true, IpAddress.Parse("10.2.0.1"), now));
        Assert.Equal((Fault, Fault), (_outsideA.State, _insideA.State));
        _segment.Do(now => _outsideA.OnInterface(true, IpAddress.Parse("10.1.0.1"), now));
        Assert.Equal((Backup, Backup), (_outsideA.State, _insideA.State));
        _segment.RunFor(1000);

        Assert.True(_groupA.IsMaster);
        Assert.Equal((Backup, Backup), (_outsideB.State, _insideB.State));
    }

    [Fact]
    public void A_group_waits_while_one_member_still_hears_a_master()
    {
        _segment.Cut(_outsideA, _outsideB);

        _segment.RunFor(5000);

        Assert.Equal((Backup, Backup), (_outsideB.State, _insideB.State));
        Assert.Equal(1, _outsideB.Transitions);
    }

    [Fact]
    public void A_dead_box_is_replaced_on_all_wires_in_one_instant()
    {
        _segment.Crash(_outsideA);
        _segment.RunFor(30); // the inside dies later
        _segment.Crash(_insideA);

        _segment.RunFor(500);

        Assert.True(_groupB.IsMaster);
        Assert.Equal(_outsideB.Since, _insideB.Since);
    }

    [Fact]
    public void A_member_that_loses_takes_all_with_it()
    {
        _segment.Hear(_outsideA, "10.1.0.9", 250);

        Assert.Equal((Backup, Backup), (_outsideA.State, _insideA.State));
        Assert.Contains("OUT of its group G: 10.1.0.9 advertises priority 250, above our 200",
            _segment.Transitions.Select(change => change.Why));
    }

    [Fact]
    public void A_group_is_handed_over_whole()
    {
        _segment.Do(now => Assert.True(_groupA.HandOver(now)));
        _segment.Do(now => Assert.True(_groupB.TakeOver(now)));
        _segment.RunFor(10_000);

        Assert.True(_groupB.IsMaster);
        Assert.Equal((Backup, Backup), (_outsideA.State, _insideA.State));
        Assert.Equal(2, _outsideB.Transitions);
        Assert.Equal(2, _insideB.Transitions);
    }

    [Fact]
    public void A_group_with_a_faulty_member_does_not_take_over()
    {
        _segment.Do(now => _outsideB.OnInterface(false, null, now));

        _segment.Do(now => Assert.False(_groupB.TakeOver(now)));

        Assert.Equal((Fault, Fault), (_outsideB.State, _insideB.State));
    }

    private (VirtualRouter Outside, VirtualRouter Inside, SyncGroup Group) Box(
        int number, byte priority)
    {
        VirtualRouter outside = _segment.Add(
            $"10.1.0.{number}", Segment.Config(priority, "OUT", 51), starts: false);
        VirtualRouter inside = _segment.Add(
            $"10.2.0.{number}", Segment.Config(priority, "IN", 52), starts: false);
        var group = new SyncGroup("G", [outside, inside]);
        _segment.Start(outside);
        _segment.Start(inside);
        return (outside, inside, group);
    }
}

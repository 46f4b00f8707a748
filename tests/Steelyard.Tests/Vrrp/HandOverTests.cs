using System;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using static Steelyard.Core.Vrrp.VirtualRouterState;

namespace Steelyard.Tests.Vrrp;

/// <summary>Planned handover: A has priority 200, B has 100, the interval is 100 ms.</summary>
public sealed class HandOverTests
{
    private readonly Segment _segment = new();
    private readonly VirtualRouter _a;
    private readonly VirtualRouter _b;

    public HandOverTests()
    {
        _a = _segment.Add("10.0.0.1", Segment.Config(200));
        _b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1050);
        Assert.Equal((Master, Backup), (_a.State, _b.State));
    }

    [Fact]
    public void The_master_stays_until_it_hears_the_twin_in_its_place()
    {
        _segment.Do(now => _ = _a.HandOver(now));
        Assert.Equal(Master, _a.State);

        _segment.Do(now => _ = _b.TakeOver(now));

        Assert.Equal((Backup, Master), (_a.State, _b.State));
        Assert.DoesNotContain(_segment.Adverts, advert => advert.Priority == 0);
        Assert.Contains("handed over to 10.0.0.2 (priority 100)",
            _segment.Transitions.Select(change => change.Why));
        Assert.Equal(5, _segment.Announcements.Count(sent => sent.At == _segment.Now));
    }

    [Fact]
    public void The_yielded_twin_does_not_claim_the_office_back()
    {
        Swap();

        _segment.RunFor(60_000);

        Assert.Equal((Backup, Master), (_a.State, _b.State));
        Assert.True(_a.HasYielded);
    }

    [Fact]
    public void The_yielded_twin_takes_over_when_the_master_vanishes_and_is_itself_again()
    {
        Swap();
        _segment.Crash(_b);

        _segment.RunFor(400);

        Assert.Equal(Master, _a.State);
        Assert.False(_a.HasYielded);
    }

    [Fact]
    public void The_office_can_be_handed_back()
    {
        Swap();

        _segment.Do(now => _ = _b.HandOver(now));
        _segment.Do(now => _ = _a.TakeOver(now));
        _segment.RunFor(60_000);

        Assert.Equal((Master, Backup), (_a.State, _b.State));
    }

    [Fact]
    public void Nobody_takes_over_and_the_master_goes_on_and_says_so()
    {
        _segment.Do(now => _ = _a.HandOver(now));

        _segment.RunFor(301);

        Assert.Equal(Master, _a.State);
        Assert.False(_a.IsHandingOver);
        Assert.Equal(["nobody took over: goes on as MASTER"], _segment.Notices);
    }

    [Fact]
    public void A_cancelled_handover_leaves_an_ordinary_master()
    {
        _segment.Do(now => _ = _a.HandOver(now));
        _a.CancelHandOver();

        _segment.Hear(_a, "10.0.0.2", 100);

        Assert.Equal(Master, _a.State);
    }

    [Fact]
    public void An_advert_of_the_yielding_twin_on_the_way_does_not_win()
    {
        _segment.Cut(_b, _a);
        _segment.Do(now => _ = _a.HandOver(now));
        _segment.Do(now => _ = _b.TakeOver(now));

        _segment.RunFor(120);
        Assert.Equal((Master, Master), (_a.State, _b.State));
        _segment.Mend();
        _segment.RunFor(100);

        Assert.Equal((Backup, Master), (_a.State, _b.State));
    }

    [Fact]
    public void A_third_router_of_higher_priority_preempts_the_one_that_took_over()
    {
        Swap();

        _segment.Hear(_b, "10.0.0.3", 150);

        Assert.Equal(Backup, _b.State);
    }

    [Fact]
    public void A_twin_that_never_yields_wins_again_after_the_window()
    {
        _segment.Do(now => _ = _b.TakeOver(now)); // nobody hands over
        _segment.RunFor(1000);

        Assert.Equal((Master, Backup), (_a.State, _b.State));
    }

    [Fact]
    public void After_its_restart_the_yielded_twin_preempts_as_configured()
    {
        Swap();
        _segment.Crash(_a);
        VirtualRouter restarted = _segment.Add("10.0.0.1", Segment.Config(200));

        _segment.RunFor(1000);

        Assert.Equal((Master, Backup), (restarted.State, _b.State));
    }

    [Fact]
    public void Released_to_a_foreign_peer_it_resigns_and_stays_backup()
    {
        _segment.Do(now => _ = _a.Release(now));
        Instant released = _segment.Now;
        Assert.Equal(Backup, _a.State);
        Assert.Equal(0, _segment.Adverts[^1].Priority);

        _segment.RunFor(60_000);

        Assert.Equal((Backup, Master), (_a.State, _b.State));
        Assert.Equal(TimeSpan.FromMilliseconds(60.9375), _b.Since - released);
    }

    [Fact]
    public void Released_to_nobody_it_is_master_again()
    {
        _segment.Crash(_b);
        _segment.Do(now => _ = _a.Release(now));

        _segment.RunFor(1000);

        Assert.Equal(Master, _a.State);
    }

    [Fact]
    public void Only_a_master_hands_over_and_only_a_living_backup_takes_over()
    {
        Assert.False(_b.HandOver(_segment.Now));
        Assert.False(_b.Release(_segment.Now));
        _b.OnInterface(false, null, _segment.Now);
        Assert.False(_b.TakeOver(_segment.Now));
        Assert.Equal(Fault, _b.State);
    }

    private void Swap()
    {
        _segment.Do(now => _ = _a.HandOver(now));
        _segment.Do(now => _ = _b.TakeOver(now));
        Assert.Equal((Backup, Master), (_a.State, _b.State));
    }
}

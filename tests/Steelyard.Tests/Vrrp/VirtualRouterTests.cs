using System;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using static Steelyard.Core.Vrrp.VirtualRouterState;

namespace Steelyard.Tests.Vrrp;

/// <summary>
/// RFC 9568 §6. With an interval of 100 ms and priority 100: Skew_Time = 156 × 100 / 256 =
/// 60.9375 ms, Active_Down_Interval = 360.9375 ms.
/// </summary>
public sealed class VirtualRouterTests
{
    private const double Down100 = 360.9375;
    private readonly Segment _segment = new();

    [Fact]
    [Rfc("9568 §6.4.1")]
    public void A_router_starts_as_backup_and_waits_out_the_down_interval()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());

        _segment.RunFor(Down100 - 0.001);
        Assert.Equal(Backup, router.State);
        Assert.Empty(_segment.Adverts);
        _segment.RunFor(0.001);

        Assert.Equal(Master, router.State);
        Assert.Equal("no advert from anyone for 360.9 ms", _segment.Transitions[^1].Why);
        Assert.Equal(2, router.Transitions);
        Assert.Equal(_segment.Now, router.Since);
    }

    [Fact]
    [Rfc("9568 §6.4.1")]
    public void The_owner_of_the_addresses_is_master_at_once()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(255));

        Assert.Equal(Master, router.State);
        Assert.Single(_segment.Adverts);
    }

    [Fact]
    public void State_master_in_the_file_counts_only_with_priority_255()
    {
        VirtualRouter router = _segment.Add(
            "10.0.0.1", Segment.Config(254) with { StartsAsMaster = true });

        Assert.Equal(Backup, router.State);
    }

    [Theory]
    [Rfc("9568 §6.1")]
    [InlineData(200, 321.875)]
    [InlineData(254, 300.78125)]
    [InlineData(16, 393.75)]
    public void The_skew_lets_the_highest_priority_be_first(byte priority, double milliseconds)
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(priority));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), router.Deadline - Instant.Zero);
    }

    [Fact]
    [Rfc("3768 §6.1")]
    public void In_version_2_the_skew_is_a_part_of_a_second()
    {
        VirtualRouter router = _segment.Add(
            "10.0.0.1", Segment.Config(200, seconds: 2) with { Version = 2 });

        Assert.Equal(TimeSpan.FromMilliseconds(6218.75), router.Deadline - Instant.Zero);
    }

    [Fact]
    [Rfc("9568 §6.4.3")]
    public void A_master_advertises_every_interval()
    {
        _ = _segment.Add("10.0.0.1", Segment.Config(255));

        _segment.RunFor(1000);

        Assert.Equal(11, _segment.Adverts.Count);
        Assert.All(_segment.Adverts, advert => Assert.Equal(255, advert.Priority));
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_backup_that_hears_its_master_stays_backup()
    {
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));

        _segment.RunFor(10_000);

        Assert.Equal((Master, Backup), (a.State, b.State));
        Assert.Equal(1, b.Transitions);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_backup_takes_over_when_its_master_falls_silent_and_says_why()
    {
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        Instant last = _segment.Adverts[^1].At;

        _segment.Crash(a);
        _segment.RunFor(1000);

        Assert.Equal(Master, b.State);
        Assert.Equal(TimeSpan.FromMilliseconds(Down100), b.Since - last);
        Assert.Equal(
            "no advert for 360.9 ms from 10.0.0.1 (priority 200)", _segment.Transitions[^1].Why);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_master_that_resigns_is_replaced_after_the_skew_alone()
    {
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);

        _segment.Do(a.Stop);
        Instant resigned = _segment.Now;
        _segment.RunFor(1000);

        Assert.Equal(0, _segment.Adverts.Last(advert => advert.At == resigned).Priority);
        Assert.Equal(TimeSpan.FromMilliseconds(60.9375), b.Since - resigned);
        Assert.Equal(Initialize, a.State);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_backup_adopts_the_masters_interval()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());

        _segment.Hear(router, "10.0.0.2", 100, seconds: 1);

        Assert.Equal(
            TimeSpan.FromMilliseconds(Down100 * 10), router.Deadline - _segment.Now);
    }

    [Fact]
    [Rfc("3768 §7.1")]
    public void In_version_2_an_advert_with_another_interval_is_discarded_and_told_once()
    {
        VirtualRouter router = _segment.Add(
            "10.0.0.1", Segment.Config(seconds: 1) with { Version = 2 });
        Instant deadline = router.Deadline;
        _segment.RunFor(500);

        _segment.Hear(router, "10.0.0.2", 200, seconds: 2);
        _segment.Hear(router, "10.0.0.2", 200, seconds: 2);

        Assert.Equal(deadline, router.Deadline);
        Assert.Equal(["ignores 10.0.0.2: its interval is 2 s, ours is 1 s"], _segment.Notices);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_higher_priority_preempts_a_living_master()
    {
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));

        _segment.RunFor(1000);

        Assert.Equal((Master, Backup), (a.State, b.State));
        Assert.Equal(
            "our priority 200 preempts 10.0.0.2 (priority 100)",
            _segment.Transitions.Last(change => change.Router == a).Why);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void Without_preemption_a_living_master_stays_and_a_dead_one_is_replaced()
    {
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        VirtualRouter a = _segment.Add(
            "10.0.0.1", Segment.Config(200) with { Preempts = false });

        _segment.RunFor(10_000);
        Assert.Equal((Backup, Master), (a.State, b.State));
        _segment.Crash(b);
        _segment.RunFor(1000);

        Assert.Equal(Master, a.State);
    }

    [Fact]
    public void Preemption_waits_for_preempt_delay_from_the_first_lower_advert()
    {
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        VirtualRouter a = _segment.Add(
            "10.0.0.1",
            Segment.Config(200) with { PreemptDelay = TimeSpan.FromSeconds(3) });

        _segment.RunFor(3000);
        Assert.Equal((Backup, Master), (a.State, b.State));
        _segment.RunFor(600);

        Assert.Equal((Master, Backup), (a.State, b.State));
    }

    [Fact]
    public void Preemption_waits_as_long_as_it_is_held()
    {
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));
        a.HoldPreemption(_segment.Now + TimeSpan.FromSeconds(2));

        _segment.RunFor(1900);
        Assert.Equal((Backup, Master), (a.State, b.State));
        a.HoldPreemption(_segment.Now);
        _segment.RunFor(500);

        Assert.Equal((Master, Backup), (a.State, b.State));
    }

    [Theory]
    [Rfc("9568 §6.4.3")]
    [InlineData("10.0.0.1", "10.0.0.2", Backup)]
    [InlineData("10.0.0.3", "10.0.0.2", Master)]
    public void Between_equal_priorities_the_higher_address_wins(
        string own, string other, VirtualRouterState expected)
    {
        VirtualRouter router = _segment.Add(own, Segment.Config());
        _segment.RunFor(1000);

        _segment.Hear(router, other, 100);

        Assert.Equal(expected, router.State);
    }

    [Fact]
    [Rfc("9568 §6.4.2")]
    public void A_backup_accepts_a_master_of_equal_priority()
    {
        VirtualRouter router = _segment.Add("10.0.0.9", Segment.Config());
        _segment.RunFor(200);

        _segment.Hear(router, "10.0.0.2", 100);

        Assert.Equal(TimeSpan.FromMilliseconds(Down100), router.Deadline - _segment.Now);
    }

    [Fact]
    [Rfc("9568 §6.4.3")]
    public void A_losing_master_is_answered_at_once_and_announced_over()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(200));
        _segment.RunFor(6450);
        int adverts = _segment.Adverts.Count;
        int announcements = _segment.Announcements.Count;

        _segment.Hear(router, "10.0.0.2", 100);
        Assert.Equal(adverts + 1, _segment.Adverts.Count);
        Assert.Equal(announcements + 1, _segment.Announcements.Count);
        _segment.RunFor(150);

        Assert.Equal(Master, router.State);
        Assert.True(_segment.Announcements.Count > announcements + 1, "and again afterwards");
    }

    [Fact]
    [Rfc("9568 §6.4.3")]
    public void A_resigning_rival_makes_a_master_advertise()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(255));
        _segment.RunFor(50);

        _segment.Hear(router, "10.0.0.2", 0);

        Assert.Equal(2, _segment.Adverts.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(100), router.Deadline - _segment.Now);
    }

    [Fact]
    public void Two_routers_with_one_address_do_not_answer_each_other_for_ever()
    {
        VirtualRouter router = _segment.Add("10.0.0.9", Segment.Config(255));
        int before = _segment.Adverts.Count;

        for (int time = 0; time < 50; time++)
        {
            _segment.Hear(router, "10.0.0.2", 255);
        }

        Assert.Equal(before + 1, _segment.Adverts.Count);
    }

    [Fact]
    [Rfc("9568 §6.4.1")]
    public void A_new_master_holds_the_addresses_then_advertises_then_announces_twice()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(200));

        _segment.RunFor(10_000);

        Instant master = router.Since;
        Assert.Equal(
            Enumerable.Repeat(master, 5)
                .Concat(Enumerable.Repeat(master + TimeSpan.FromSeconds(5), 5)),
            _segment.Announcements.Select(announcement => announcement.At));
        Assert.Equal(master, _segment.Adverts[0].At);
    }
}

using System;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;
using static Steelyard.Core.Vrrp.VirtualRouterState;

namespace Steelyard.Tests.Vrrp;

/// <summary>
/// Broken wires, sleeping boxes, changed and differing configurations. The interval is 100 ms.
/// </summary>
public sealed class VirtualRouterMishapTests
{
    private readonly Segment _segment = new();

    [Fact]
    public void Split_brain_heals_to_one_master_that_announces_again()
    {
        VirtualRouter a = _segment.Add("10.0.0.1", Segment.Config(200));
        VirtualRouter b = _segment.Add("10.0.0.2", Segment.Config(100));
        _segment.RunFor(1000);
        _segment.Cut(a, b);
        _segment.Cut(b, a);
        _segment.RunFor(8000);
        Assert.Equal((Master, Master), (a.State, b.State));
        int announcements = Announcements(a);

        _segment.Mend();
        _segment.RunFor(500);

        Assert.Equal((Master, Backup), (a.State, b.State));
        Assert.True(Announcements(a) > announcements, "switches learnt the other way");
    }

    [Fact]
    public void A_broken_interface_is_fault_and_a_mended_one_starts_anew()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(200));
        _segment.RunFor(1000);
        int adverts = _segment.Adverts.Count;

        _segment.Do(now => router.OnInterface(false, null, now));
        Assert.Equal(Fault, router.State);
        Assert.Equal("eth51 is down", _segment.Transitions[^1].Why);
        _segment.RunFor(1000);
        Assert.Equal(adverts, _segment.Adverts.Count);
        _segment.Do(now => router.OnInterface(true, IpAddress.Parse("10.0.0.1"), now));
        Assert.Equal(Backup, router.State);
        _segment.RunFor(1000);

        Assert.Equal(Master, router.State);
    }

    [Fact]
    public void An_interface_without_an_address_is_a_fault_too()
    {
        var router = new VirtualRouter(Segment.Config(), _segment);

        router.Start(_segment.Now, null, true);

        Assert.Equal(Fault, router.State);
        Assert.Equal("eth51 has no own address", _segment.Transitions[^1].Why);
    }

    [Fact]
    public void A_router_that_slept_reads_its_post_before_it_believes_in_silence()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        _segment.Hear(router, "10.0.0.2", 200);
        _segment.Sleep(5000);

        _segment.Do(router.OnDeadline);
        Assert.Equal(Backup, router.State);
        _segment.Hear(router, "10.0.0.2", 200);
        _segment.RunFor(300);
        Assert.Equal(Backup, router.State);
        _segment.RunFor(100);

        Assert.Equal(Master, router.State);
    }

    [Fact]
    public void A_router_that_slept_beside_a_dead_master_still_takes_over_soon()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        _segment.Hear(router, "10.0.0.2", 200);
        _segment.Sleep(5000);

        _segment.RunFor(25);

        Assert.Equal(Master, router.State);
    }

    /// <summary>Two routers with one address would else answer each other for ever.</summary>
    [Fact]
    public void A_losing_master_is_answered_at_most_twice_per_interval()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(200));
        _segment.RunFor(1000);
        int adverts = _segment.Adverts.Count;
        int announcements = Announcements(router);

        for (int advert = 0; advert < 49; advert++)
        {
            _segment.Hear(router, "10.0.0.2", 100);
            _segment.RunFor(1);
        }

        Assert.Equal(adverts + 1, _segment.Adverts.Count);
        Assert.Equal(announcements + 1, Announcements(router));
        _segment.RunFor(1);
        _segment.Hear(router, "10.0.0.2", 100);
        Assert.Equal(adverts + 2, _segment.Adverts.Count);
    }

    [Fact]
    public void The_grace_of_a_router_that_slept_is_given_once_until_a_master_is_heard()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        _segment.Hear(router, "10.0.0.2", 200);
        _segment.Sleep(5000);
        _segment.Do(router.OnDeadline);
        _segment.Hear(router, "10.0.0.2", 200);
        _segment.Sleep(5000);
        _segment.Do(router.OnDeadline);
        Assert.Equal(Backup, router.State);

        _segment.Sleep(5000);
        _segment.Do(router.OnDeadline);

        Assert.Equal(Master, router.State);
    }

    /// <summary>So too where our own interval counts: 300 ms and a skew of 61 ms.</summary>
    [Fact]
    public void A_router_whose_turn_it_is_waits_its_own_interval_after_the_last_advert()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        router.OnTwin(isOurTurn: true);
        _segment.Hear(router, "10.0.0.9", 255, seconds: 40.95);
        _segment.RunFor(200);
        _segment.Hear(router, "10.0.0.9", 255, seconds: 40.95);

        _segment.RunFor(360);
        Assert.Equal(Backup, router.State);
        _segment.RunFor(2);

        Assert.Equal(Master, router.State);
    }

    [Fact]
    public void A_router_whose_turn_it_is_and_that_slept_reads_its_post_first()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        router.OnTwin(isOurTurn: true);
        _segment.Hear(router, "10.0.0.9", 255, seconds: 40.95);
        _segment.Sleep(60_000);

        _segment.Do(router.OnDeadline);
        Assert.Equal(Backup, router.State);
        _segment.RunFor(26);

        Assert.Equal(Master, router.State);
    }

    [Fact]
    public void Without_the_twins_word_the_interval_on_the_wire_is_obeyed()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        _segment.Hear(router, "10.0.0.9", 255, seconds: 40.95);

        _segment.RunFor(120_000);

        Assert.Equal(Backup, router.State);
        Assert.Contains(_segment.Notices, notice => notice.Contains("40.95 s, ours is 0.1 s"));
    }

    [Fact]
    public void A_new_configuration_keeps_the_state_and_is_advertised()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(200));
        _segment.RunFor(1000);
        int announcements = _segment.Announcements.Count;

        _segment.Do(now => router.Reconfigure(
            Segment.Config(150) with
            {
                Addresses = [new IpPrefix(IpAddress.Parse("10.0.0.101"), 24)],
            },
            now));

        Assert.Equal(Master, router.State);
        Assert.Equal(150, _segment.Adverts[^1].Priority);
        Assert.Equal(announcements + 5, _segment.Announcements.Count);
    }

    [Fact]
    public void Tracking_moves_the_priority_between_1_and_254_and_never_the_owners()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config(100));
        VirtualRouter owner = _segment.Add("10.0.0.2", Segment.Config(255, vrid: 52));

        router.Track(-300);
        owner.Track(-300);
        Assert.Equal((1, 255), (router.Priority, owner.Priority));
        router.Track(300);
        Assert.Equal(254, router.Priority);
    }

    [Fact]
    public void Other_addresses_in_an_advert_are_told_once_and_tolerated()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        var advert = new VrrpAdvertisement(
            3, 51, 200, TimeSpan.FromMilliseconds(100), [IpAddress.Parse("10.0.0.7")]);

        router.OnAdvertisement(advert, IpAddress.Parse("10.0.0.2"), _segment.Now);
        router.OnAdvertisement(advert, IpAddress.Parse("10.0.0.2"), _segment.Now);

        Assert.Equal(IpAddress.Parse("10.0.0.2"), router.MasterAddress);
        Assert.Equal(["10.0.0.2 advertises other addresses: 10.0.0.7"], _segment.Notices);
    }

    [Theory]
    [InlineData(2, 51)]
    [InlineData(3, 52)]
    public void Adverts_of_another_version_or_router_do_not_count(int version, byte vrid)
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        Instant deadline = router.Deadline;
        _segment.RunFor(10);
        var advert = new VrrpAdvertisement(
            version, vrid, 200, TimeSpan.FromMilliseconds(100),
            [IpAddress.Parse("10.0.0.100")]);

        router.OnAdvertisement(advert, IpAddress.Parse("10.0.0.2"), _segment.Now);

        Assert.Equal(deadline, router.Deadline);
    }

    [Fact]
    public void Its_own_advert_coming_back_does_not_count()
    {
        VirtualRouter router = _segment.Add("10.0.0.1", Segment.Config());
        Instant deadline = router.Deadline;
        _segment.RunFor(10);

        _segment.Hear(router, "10.0.0.1", 200);

        Assert.Equal(deadline, router.Deadline);
    }

    private int Announcements(VirtualRouter router) =>
        _segment.Announcements.Count(announcement => announcement.Router == router);
}

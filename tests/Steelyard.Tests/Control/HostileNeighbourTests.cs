using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>Somebody on the link who is neither of the two boxes of a pair.</summary>
public sealed class HostileNeighbourTests
{
    private static readonly SyncKey Key = MakeKey('5');

    /// <summary>
    /// RFC 9568 would have both wait for three times 40.95 s. Our Active_Down_Interval at priority
    /// 150 is 300 ms + 106 × 100 ms / 256; hellos and the twin's skew come on top.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Two_forged_adverts_silence_the_pair_for_its_own_interval_only(ulong seed)
    {
        SeededChance chance = new(seed);
        ControlWorld world = ControlWorld.Pair();
        world.RunFor(chance.Next(1000));

        Forge(world, interval: 40.95);
        world.RunFor(chance.Next(300));
        Forge(world, interval: 40.95);
        Assert.Equal("BACKUP BACKUP", world.A.Roles);
        world.RunFor(600);

        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.Equal("BACKUP BACKUP", world.B.Roles);
        Assert.True(world.A.Said("is no router like ours: its interval is 40.95 s"));
        Assert.True(world.A.Said("the twin says that it is no MASTER"));
        BoxStatus status = world.A.Controller.Status(world.Now);
        Assert.Equal(2, status.VirtualRouters[0].AdvertFaults["interval"]);
        Assert.Contains(status.Warnings, each => each.Contains("40.95", StringComparison.Ordinal));
    }

    [Fact]
    public void A_twin_in_maintenance_is_not_waited_for()
    {
        ControlWorld world = ControlWorld.Pair();
        world.Do(now => Assert.Null(world.B.Controller.SetMaintenance(true, false, now)));
        world.RunFor(500);

        Forge(world, interval: 40.95);
        world.RunFor(600);

        Assert.Equal("MASTER MASTER", world.A.Roles);
    }

    /// <summary>
    /// The box of higher priority still hears somebody; the other hears nobody, and that it is
    /// BACKUP: the turn is not the other's.
    /// </summary>
    [Fact]
    public void The_one_of_lower_priority_waits_for_the_other()
    {
        ControlWorld world = ControlWorld.Pair();
        Forge(world, interval: 40.95);

        for (int advert = 0; advert < 20; advert++)
        {
            Forge(world, interval: 0.1, boxes: [world.A]);
            world.RunFor(100);
        }

        Assert.Equal("BACKUP BACKUP", world.A.Roles);
        Assert.Equal("BACKUP BACKUP", world.B.Roles);
        world.RunFor(600);
        Assert.Equal("MASTER MASTER", world.A.Roles);
    }

    /// <summary>A third router that keeps our interval is a MASTER like any other.</summary>
    [Fact]
    public void A_living_master_that_is_not_the_twin_is_obeyed()
    {
        ControlWorld world = ControlWorld.Pair();

        for (int advert = 0; advert < 30; advert++)
        {
            Forge(world, interval: 0.1);
            world.RunFor(100);
        }

        Assert.Equal("BACKUP BACKUP", world.A.Roles);
        Assert.Equal("BACKUP BACKUP", world.B.Roles);
    }

    [Fact]
    public void Forged_adverts_do_not_fill_the_log()
    {
        ControlWorld world = ControlWorld.Pair();
        int before = world.A.Effects.Events.Count;

        for (int round = 0; round < 200; round++)
        {
            Forge(world, interval: 40.95);
            Forge(world, interval: 0.1, priority: 0);
            world.RunFor(400);
        }

        // Two routers, 80 s: 20 and one a second each; notices 6 and one in ten seconds.
        Assert.InRange(world.A.Effects.Events.Count - before, 40, 240);
        Assert.True(world.A.Said("more such since"));
    }

    [Fact]
    public void A_pair_with_a_key_meets_and_hears_no_word_without_it()
    {
        ControlWorld world = Keyed();
        Assert.True(world.A.Controller.Twin.Secured);
        int collections = world.A.Effects.Collections;

        world.Do(now => world.A.Controller.OnTwinDatagram(Record("192.0.2.10", 900), now));
        world.Do(now => world.A.Controller.OnTwinDatagram(Hello("evil", 99), now));

        Assert.Equal(2, world.A.Controller.Twin.Refused["plain"]);
        Assert.Equal("box2", world.A.Controller.Twin.Name);
        Assert.Equal(collections, world.A.Effects.Collections);
        Assert.Contains(
            world.A.Controller.Status(world.Now).Warnings,
            each => each.Contains("without a key", StringComparison.Ordinal));
    }

    [Fact]
    public void A_keyed_pair_hands_over_and_a_restarted_box_is_back_within_a_hello()
    {
        ControlWorld world = Keyed();
        world.Do(now => Assert.Null(world.A.Controller.FailOver(null, false, now)));
        world.RunFor(300);
        Assert.Equal("MASTER MASTER", world.B.Roles);

        world.Configure(world.A, new ApplianceConfig());
        world.RunFor(1000);
        Assert.False(world.B.Controller.Twin.Alive);
        world.Configure(world.A, WithKey(150));
        world.RunFor(100);

        Assert.True(world.A.Controller.Twin.Alive);
        Assert.True(world.B.Controller.Twin.Alive);
    }

    [Fact]
    public void One_box_without_the_key_is_missed_and_both_say_why()
    {
        ControlWorld world = new(2);
        world.Configure(world.A, WithKey(150));
        world.Configure(world.B, Configs.Pair(100));
        world.RunFor(3000);

        Assert.True(world.A.Controller.Twin.Missed);
        Assert.True(world.B.Controller.Twin.Missed);
        Assert.True(world.A.Said("speaks on the sync channel without a key"));
        Assert.True(world.B.Said("has a key, and this box has none"));
        Assert.Equal(1, world.A.Effects.Events.Count(
            happening => happening.Sentence.Contains("without a key", StringComparison.Ordinal)));
    }

    [Fact]
    public void Keys_change_by_reloads_without_losing_the_twin()
    {
        ControlWorld world = Keyed();
        SyncKey next = MakeKey('6');
        int lost = Lost(world);

        world.Configure(world.A, WithKey(150) with { SyncKeys = [Key, next] });
        world.Configure(world.B, WithKey(100) with { SyncKeys = [Key, next] });
        world.RunFor(1000);
        world.Configure(world.A, WithKey(150) with { SyncKeys = [next, Key] });
        world.Configure(world.B, WithKey(100) with { SyncKeys = [next, Key] });
        world.RunFor(1000);
        world.Configure(world.A, WithKey(150) with { SyncKeys = [next] });
        world.RunFor(1000);
        world.Configure(world.B, WithKey(100) with { SyncKeys = [next] });
        world.RunFor(1000);

        Assert.True(world.A.Controller.Twin.Alive);
        Assert.Equal(lost, Lost(world));
    }

    [Fact]
    public void A_master_takes_no_records_for_what_it_serves()
    {
        ControlWorld world = ControlWorld.Pair();

        world.Do(now => world.A.Controller.OnTwinDatagram(Record("192.0.2.10", 900), now));
        world.Do(now => world.B.Controller.OnTwinDatagram(Record("192.0.2.10", 900), now));

        Assert.Equal(0, world.A.Engine.Counters.ConnectionsLearned);
        Assert.Equal(1, world.A.Controller.Twin.Refused["not_asked"]);
        Assert.Equal(1, world.B.Engine.Counters.ConnectionsLearned);
    }

    /// <summary>One router is MASTER here and one there: by address.</summary>
    [Fact]
    public void A_master_of_one_of_two_takes_records_for_the_other_only()
    {
        ControlWorld world = new(2);
        SyncConfig sync = new("eth1", 7);
        ApplianceConfig here = Configs.Apart(Configs.Outside(150), Configs.Inside(100));
        ApplianceConfig there = Configs.Apart(Configs.Outside(100), Configs.Inside(150));
        world.Configure(world.A, here with { Sync = sync });
        world.Configure(world.B, there with { Sync = sync });
        world.RunFor(3000);
        Assert.Equal("MASTER BACKUP", world.A.Roles);

        world.Do(now => world.A.Controller.OnTwinDatagram(Record("192.0.2.10", 900), now));
        Assert.Equal(0, world.A.Engine.Counters.ConnectionsLearned);
        world.Do(now => world.A.Controller.OnTwinDatagram(Record("10.1.2.254", 900), now));
        Assert.Equal(1, world.A.Engine.Counters.ConnectionsLearned);
    }

    [Fact]
    public void A_flood_of_new_twins_costs_a_few_conversations_and_lines()
    {
        ControlWorld world = ControlWorld.Pair();
        int events = world.A.Effects.Events.Count;

        for (ulong boot = 1000; boot < 3000; boot++)
        {
            world.Do(now => world.A.Controller.OnTwinDatagram(Hello("box2", boot), now));
        }

        Assert.InRange(world.A.Effects.Events.Count - events, 1, 30);
        Assert.True(world.A.Controller.Twin.Refused["too_often"] > 1900);
    }

    [Fact]
    public void A_name_from_the_wire_obeys_no_terminal()
    {
        ControlWorld world = new(1);
        world.Configure(world.A, Configs.Pair(150));

        world.Do(now => world.A.Controller.OnTwinDatagram(Hello("x\n\u001b[31m\u202e", 99), now));

        Assert.Equal(@"x\x0a\x1b[31m\u202e", world.A.Controller.Twin.Name);
        Assert.DoesNotContain(
            world.A.Effects.Events, happening => happening.Sentence.Any(char.IsControl));
    }

    [Fact]
    public void A_link_without_a_key_is_a_standing_warning()
    {
        ControlWorld open = ControlWorld.Pair();
        ControlWorld keyed = Keyed();

        Assert.Contains(
            open.A.Controller.Status(open.Now).Warnings,
            each => each.Contains("eth1 has no key", StringComparison.Ordinal));
        Assert.Empty(keyed.A.Controller.Status(keyed.Now).Warnings);
    }

    private static int Lost(ControlWorld world) => world.Boxes.Sum(box => box.Effects.Events.Count(
        happening => happening.Sentence.Contains("is lost", StringComparison.Ordinal)));

    private static SyncKey MakeKey(char digit)
    {
        Assert.True(SyncKey.TryParse(new string(digit, 64), out SyncKey? key));
        return key;
    }

    private static ApplianceConfig WithKey(byte priority) =>
        Configs.Pair(priority) with { SyncKeys = [Key] };

    private static ControlWorld Keyed()
    {
        ControlWorld world = new(2);
        world.Configure(world.A, WithKey(150));
        world.Configure(world.B, WithKey(100));
        world.RunFor(3000);
        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.True(world.A.Controller.Twin.Alive);
        Assert.True(world.B.Controller.Twin.Alive);
        return world;
    }

    private static void Forge(
        ControlWorld world, double interval, byte priority = 255, params ControlBox[] boxes)
    {
        VrrpAdvertisement advert = new(
            3,
            51,
            priority,
            TimeSpan.FromSeconds(interval),
            [IpAddress.Parse("192.0.2.10")]);
        byte[] frame = new byte[advert.FrameLength];
        _ = advert.WriteFrame(
            frame, MacAddress.VirtualRouterIpv4(51), IpAddress.Parse("192.0.2.99"), true);
        foreach (ControlBox box in boxes.Length > 0 ? boxes : world.Boxes)
        {
            world.Do(now => box.Controller.OnFrame(1, frame.ToArray(), now));
        }
    }

    private static byte[] Record(string service, double seconds)
    {
        ConnectionRecord record = new(
            TransportProtocol.Tcp,
            new(IpAddress.Parse("198.51.100.7"), 2000),
            new(IpAddress.Parse(service), 80),
            new(IpAddress.Parse("10.1.2.11"), 80),
            ForwardingMethod.Nat,
            ConnectionState.Established,
            false,
            TimeSpan.FromSeconds(seconds));
        byte[] datagram = new byte[ConnectionReplica.MaximumLength];
        int length = SyncMessage.Begin(datagram, 7);
        Assert.True(SyncRecords.TryAppend(datagram, ref length, record, out _));
        return datagram[..length];
    }

    private static byte[] Hello(string name, ulong boot)
    {
        byte[] datagram = new byte[TwinMessage.MaximumLength];
        int length = new TwinMessage(
            TwinMessageKind.Hello,
            7,
            TwinMessage.CanTakeOver,
            boot,
            0,
            0,
            name,
            ImmutableArray<byte>.Empty,
            100,
            [],
            0).Write(datagram);
        return datagram[..length];
    }
}

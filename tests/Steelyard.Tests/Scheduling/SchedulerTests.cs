using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>What random sequences seldom meet, and what no rule says.</summary>
public sealed class SchedulerTests
{
    private static readonly Instant Start = new(1_000_000_000);

    public static TheoryData<string> Names => [.. Schedulers.Names.ToArray()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Picking_allocates_nothing(string name)
    {
        VirtualService service = ServiceOf(name, 5, 0, 3, 1, 9);
        service.Change(
            service.Settings with { Flags = SchedulerFlags.Fallback | SchedulerFlags.Port },
            service.Schedule);
        uint number = 0;

        long allocated = Allocation.LeastOf(() =>
        {
            // More addresses than lblc remembers: places are given up and taken again.
            for (int pick = 0; pick < 20_000; pick++)
            {
                number++;
                FlowKey flow = FlowOf(0x0A00_0000 + number, 0x0A09_0000 + number);
                _ = service.Schedule.Peek(service, flow, Start);
                _ = service.Schedule.Pick(service, flow, Start);
            }
        });

        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nobody_is_picked_where_nobody_is_free(string name)
    {
        VirtualService empty = ServiceOf(name);
        VirtualService quiesced = ServiceOf(name, 0, 0);
        VirtualService overloaded = ServiceOf(name, 3, 2);
        foreach (RealServer server in overloaded.Servers)
        {
            overloaded.Edit(server, server.Settings with { UpperThreshold = 1 });
            server.InactiveConnections++;
            server.OnConnectionAdded();
        }

        foreach (VirtualService service in new[] { empty, quiesced, overloaded })
        {
            Assert.Null(service.Schedule.Pick(service, FlowOf(1, 2), Start));
            Assert.Null(service.Schedule.Pick(service, FlowOf(1, 2), Start));
        }
    }

    /// <summary>The kernel's own, recorded: 500, 299 and 101 of 900, all half open.</summary>
    [Fact]
    public void Two_lots_share_connections_by_weight()
    {
        VirtualService service = ServiceOf("twos", 5, 3, 1);

        for (uint number = 0; number < 900; number++)
        {
            service.Schedule
                .Pick(service, FlowOf(number, 2), Start)!.ActiveConnections++;
        }

        Assert.All(service.Servers.ToArray(), server => Assert.InRange(
            server.ActiveConnections, (server.Weight * 100) - 5, (server.Weight * 100) + 5));
    }

    [Fact]
    public void Another_seed_draws_other_lots()
    {
        Assert.NotEqual(Lots(1), Lots(2));
        Assert.Equal(Lots(1), Lots(1));
    }

    [Theory]
    [InlineData("lblc")]
    [InlineData("lblcr")]
    public void What_is_asked_for_stays_where_it_was_while_others_are_less_loaded(string name)
    {
        VirtualService service = ServiceOf(name, 4, 4);
        RealServer first = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        first.ActiveConnections = 4;

        Assert.Same(first, service.Schedule.Pick(service, FlowOf(9, 2), Start));
        Assert.NotSame(first, service.Schedule.Pick(service, FlowOf(9, 3), Start));
    }

    [Theory]
    [InlineData("lblc", 24 * 60, false)]
    [InlineData("lblc", (24 * 60) - 1, true)]
    [InlineData("lblcr", 24 * 60, false)]
    [InlineData("lblcr", (24 * 60) - 1, true)]
    public void What_nobody_asks_for_is_forgotten_after_a_day(string name, int minutes, bool stays)
    {
        VirtualService service = ServiceOf(name, 4, 4);
        RealServer first = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        first.ActiveConnections = 4;

        RealServer? then = service.Schedule.Pick(
            service, FlowOf(1, 2), Start + TimeSpan.FromMinutes(minutes));

        Assert.Equal(stays, then == first);
    }

    [Theory]
    [InlineData("lblc", 60, false)]
    [InlineData("lblc", 59, true)]
    [InlineData("lblcr", 120, false)]
    [InlineData("lblcr", 119, true)]
    public void How_long_it_is_remembered_can_be_set(string name, int minutes, bool stays)
    {
        VirtualService service = ServiceOf(name, 4, 4);
        RealServer first = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        first.ActiveConnections = 4;

        service.Schedule.Adopt(new LvsSettings
        {
            LblcExpiration = TimeSpan.FromMinutes(60),
            LblcrExpiration = TimeSpan.FromMinutes(120),
        });
        RealServer? then = service.Schedule.Pick(
            service, FlowOf(1, 2), Start + TimeSpan.FromMinutes(minutes));

        Assert.Equal(stays, then == first);
    }

    /// <summary>The kernel finds the old server in its trash, with what is remembered.</summary>
    [Theory]
    [InlineData("lblc")]
    [InlineData("lblcr")]
    public void A_server_that_comes_back_finds_what_was_its(string name)
    {
        VirtualService service = ServiceOf(name, 4, 4);
        RealServer first = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        service.Remove(first);

        RealServer back = service.Add(new(first.Endpoint, first.Settings));
        back.ActiveConnections = 3;

        Assert.NotSame(first, back);
        Assert.Same(back, service.Schedule.Pick(service, FlowOf(1, 2), Start));
        Assert.NotSame(back, service.Schedule.Pick(service, FlowOf(1, 3), Start));
    }

    [Fact]
    public void An_upper_threshold_that_is_reached_already_holds_at_once()
    {
        VirtualService service = ServiceOf("fo", 1, 5);
        RealServer heavy = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        heavy.ActiveConnections = 3;

        service.Edit(heavy, heavy.Settings with { Weight = 1, UpperThreshold = 2 });

        Assert.True(heavy.IsOverloaded);
        Assert.NotSame(heavy, service.Schedule.Pick(service, FlowOf(1, 2), Start));
    }

    [Fact]
    public void An_upper_threshold_does_not_move_what_lblc_remembers()
    {
        VirtualService service = ServiceOf("lblc", 4, 4);
        RealServer first = service.Schedule.Pick(service, FlowOf(1, 2), Start)!;
        service.Edit(first, first.Settings with { UpperThreshold = 1 });
        first.InactiveConnections++;
        first.OnConnectionAdded();

        Assert.True(first.IsOverloaded);
        Assert.Same(first, service.Schedule.Pick(service, FlowOf(1, 2), Start));
    }

    /// <summary>Its cells wait for it: health checks that fail and mend move nobody else.</summary>
    [Fact]
    public void A_quiesced_server_keeps_its_part_of_mh()
    {
        VirtualService service = ServiceOf("mh", 2, 2, 1);
        List<RealServer?> before = Picks(service);
        RealServer server = service[1];

        service.Edit(server, server.Settings with { Weight = 0 });
        List<RealServer?> meanwhile = Picks(service);
        service.Edit(server, server.Settings with { Weight = 2 });

        Assert.Equal(before.Select(pick => pick == server ? null : pick), meanwhile);
        Assert.Equal(before, Picks(service));
    }

    [Fact]
    public void More_servers_than_cells_share_mh_as_far_as_it_goes()
    {
        VirtualService service = ServiceOf("mh", [.. Enumerable.Repeat(1, 5_000)]);

        Assert.DoesNotContain(null, Picks(service));
    }

    private static List<RealServer?> Picks(VirtualService service) =>
    [
        .. Enumerable.Range(0, 500).Select(number =>
            service.Schedule.Pick(service, FlowOf((uint)number * 7_919, 2), Start)),
    ];

    private static string Lots(ulong seed)
    {
        VirtualService service = ServiceOf(Schedulers.Create("twos", seed), 1, 1, 1);
        return string.Join(' ', Picks(service).Select(pick => pick!.Endpoint));
    }

    private static VirtualService ServiceOf(string name, params int[] weights) =>
        ServiceOf(Schedulers.Create(name, 7), weights);

    private static VirtualService ServiceOf(ISchedule schedule, params int[] weights)
    {
        VirtualService service = new(
            new(TransportProtocol.Tcp, IpAddress.FromIpv4(0x0A09_0001), 80), schedule);
        for (int index = 0; index < weights.Length; index++)
        {
            service.Add(new(
                new(IpAddress.FromIpv4(0x0A01_0001), (ushort)index),
                ForwardingMethod.Nat,
                weights[index]));
        }

        return service;
    }

    private static FlowKey FlowOf(uint client, uint destination) => new(
        TransportProtocol.Tcp,
        new(IpAddress.FromIpv4(client), (ushort)(client & 0xFFFF)),
        new(IpAddress.FromIpv4(destination), 80));
}

using System;
using System.Runtime.CompilerServices;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

public sealed class ConnectionTableTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>64 bytes a connection, and 16 to 48 of index: 1 M stay below 130 MB.</summary>
    [Fact]
    public void A_connection_fills_one_cache_line()
    {
        Assert.Equal(64, Unsafe.SizeOf<Connection>());
    }

    [Fact]
    public void A_full_table_refuses_and_takes_again_when_one_ended()
    {
        TableRig rig = new(capacity: 2);
        rig.Converse(0);
        int second = rig.Converse(1);

        Assert.Equal(-1, rig.Create(2));
        Assert.Equal(2, rig.Servers[0].Counters.Connections);

        rig.Table.Remove(second);

        Assert.Equal(second, rig.Create(2));
        Assert.Equal(-1, rig.Find(1));
    }

    [Fact]
    public void Without_a_first_state_a_connection_ends_after_three_seconds()
    {
        TableRig rig = new(capacity: 4);
        rig.Create(0);

        Assert.Equal(0, rig.Pass(Second * 2.99));
        Assert.Equal(1, rig.Pass(Second * 0.2));
    }

    [Fact]
    public void A_shorter_timeout_takes_effect_at_once()
    {
        TableRig rig = new(capacity: 4);
        int handle = rig.Establish(0);

        rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Reset, rig.Now);

        Assert.Equal(0, rig.Pass(Second * 9.9));
        Assert.Equal(1, rig.Pass(Second * 0.3));
    }

    /// <summary>31 days are 2,433 turns of the wheel.</summary>
    [Fact]
    public void The_longest_timeout_outlasts_many_turns_of_the_wheel()
    {
        TableRig rig = new(capacity: 4);
        rig.Table.Timeouts.Tcp = Timeouts.Longest;
        rig.Establish(0);

        Assert.Equal(0, rig.Pass(Timeouts.Longest - (Second * 0.1)));
        Assert.Equal(1, rig.Pass(Second * 0.3));
    }

    /// <summary>Ticks wrap after 417 days of 2^23 ns.</summary>
    [Fact]
    public void Deadlines_hold_across_the_wrap_of_the_tick()
    {
        TableRig rig = new(capacity: 4);
        TimeSpan untilWrap = new Instant(1L << 55) - rig.Now;
        rig.Pass(untilWrap - (Second * 450));
        rig.Establish(0);

        Assert.Equal(0, rig.Pass(Second * 899));
        Assert.Equal(1, rig.Pass(Second * 1.2));
    }

    [Fact]
    public void Expiry_looks_at_no_more_than_its_budget()
    {
        TableRig rig = new(capacity: 10_000);
        for (int number = 0; number < 10_000; number++)
        {
            rig.Create(number);
        }

        Instant later = rig.Now + (Second * 4);

        int first = rig.Table.Expire(later, budget: 100);

        Assert.InRange(first, 50, 100);
        Assert.Equal(10_000 - first, rig.Table.Expire(later, int.MaxValue));
        Assert.Equal(0, rig.Table.Count);
    }

    [Fact]
    public void Replies_go_to_the_newest_of_two_that_they_fit()
    {
        TableRig rig = new(capacity: 8);
        FlowKey older = rig.Flow(0);
        FlowKey newer = older with { Virtual = older.Virtual with { Port = 443 } };
        int first = rig.Table.Create(rig.Service, rig.Servers[0], older, rig.Now);
        int second = rig.Table.Create(rig.Service, rig.Servers[0], newer, rig.Now);

        Assert.Equal(second, FindReply(rig, older.Client, out FlowDirection direction));
        Assert.Equal(FlowDirection.FromServer, direction);

        rig.Table.Remove(second);

        Assert.Equal(first, FindReply(rig, older.Client, out _));
    }

    [Fact]
    public void Replies_of_direct_routing_are_not_looked_for()
    {
        TableRig rig = new(capacity: 8, serverCount: 2);
        rig.Create(0, server: 1);

        int found = rig.Table.Find(
            TransportProtocol.Tcp, rig.Servers[1].Endpoint, TableRig.Client(0), out _);

        Assert.Equal(-1, found);
    }

    [Fact]
    public void Protocols_do_not_meet()
    {
        TableRig rig = new(capacity: 8);
        rig.Create(0);

        Assert.Equal(
            -1, rig.Table.Find(TransportProtocol.Udp, TableRig.Client(0), rig.Virtual, out _));
    }

    [Fact]
    public void A_datagram_makes_an_inactive_connection_of_five_minutes()
    {
        TableRig rig = new(capacity: 8);
        FlowKey flow = rig.Flow(0) with { Protocol = TransportProtocol.Udp };
        int handle = rig.Table.Create(rig.Service, rig.Servers[0], flow, rig.Now);

        Assert.True(rig.Table.OnUdp(handle, FlowDirection.FromClient, rig.Now));
        Assert.False(rig.Table.OnUdp(handle, FlowDirection.FromServer, rig.Now));

        Assert.Equal((0, 1), Counts(rig.Servers[0]));
        Assert.Equal(1u, rig.Table[handle].ClientPackets);
        Assert.Equal(0, rig.Pass(Second * 299));
        Assert.Equal(1, rig.Pass(Second * 1.2));
    }

    [Fact]
    public void More_servers_come_and_go_than_the_table_can_hold_at_once()
    {
        TableRig rig = new(capacity: 2);

        for (int number = 0; number < 100; number++)
        {
            RealServer server = new(
                new(IpAddress.FromIpv4(0x0A02_0000 + (uint)number), 80), ForwardingMethod.Nat, 1);
            int handle = rig.Table.Create(rig.Service, server, rig.Flow(number), rig.Now);

            Assert.Same(server, rig.Table.Server(handle));
            rig.Table.Remove(handle);
        }

        Assert.Equal(100, rig.Table.Ended);
    }

    [Fact]
    public void An_enumeration_in_shares_meets_every_connection_once()
    {
        TableRig rig = new(capacity: 100);
        for (int number = 0; number < 90; number++)
        {
            int handle = rig.Create(number);
            if (number % 3 == 0)
            {
                rig.Table.Remove(handle);
            }
        }

        int met = 0;
        for (int from = 0; from < rig.Table.HandleLimit; from += 7)
        {
            int end = int.Min(from + 7, rig.Table.HandleLimit);
            for (int at = rig.Table.Next(from, end); at < end; at = rig.Table.Next(at + 1, end))
            {
                met++;
            }
        }

        Assert.Equal(rig.Table.Count, met);
    }

    private static int FindReply(TableRig rig, Endpoint client, out FlowDirection direction) =>
        rig.Table.Find(
            TransportProtocol.Tcp, rig.Servers[0].Endpoint, client, out direction);

    private static (int Active, int Inactive) Counts(RealServer server) =>
        (server.ActiveConnections, server.InactiveConnections);
}

using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

/// <summary>What gives way in a short table, what never does, and who gets the room.</summary>
public sealed class ProbationTests
{
    private const TcpFlags Ack = TcpFlags.Acknowledgment;
    private static readonly Instant Now = new(5_000_000_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_oldest_that_nobody_proved_gives_way_and_a_proven_one_never(int server)
    {
        TableRig rig = new(capacity: 4, serverCount: 2);
        rig.Converse(0, server);
        rig.Establish(1, server);
        rig.Create(2, server);
        rig.Establish(3, server);

        Assert.True(rig.Create(4) >= 0);
        Assert.Equal((true, false, true, true), Present(rig));
        Assert.True(rig.Create(5) >= 0);
        Assert.Equal((true, false, false, true), Present(rig));
        Assert.True(rig.Create(6) >= 0);
        Assert.Equal((true, false, false, false), Present(rig));
        Assert.Equal(
            (1, 2, 0, 0, 3),
            (rig.Table.GivenUp.HalfOpen,
                rig.Table.GivenUp.HandshakeOnly,
                rig.Table.GivenUp.Unanswered,
                rig.Table.GivenUp.Promises,
                rig.Table.GivenUp.All));
    }

    /// <summary>What a stranger can send, or cause, with a forged sender proves nothing.</summary>
    [Theory]
    [InlineData(0, FlowDirection.FromClient, Ack)]
    [InlineData(0, FlowDirection.FromServer, TcpFlags.Syn | Ack)]
    [InlineData(0, FlowDirection.FromServer, TcpFlags.Reset)]
    [InlineData(1, FlowDirection.FromClient, TcpFlags.Syn)]
    [InlineData(1, FlowDirection.FromClient, TcpFlags.Reset)]
    public void After_a_handshake_this_is_no_proof(
        int server, FlowDirection sender, TcpFlags flags)
    {
        TableRig rig = new(capacity: 1, serverCount: 2);
        int handle = rig.Establish(0, server);
        rig.Table.OnTcp(handle, sender, flags, rig.Now);

        Assert.True(rig.Create(1) >= 0);
    }

    [Theory]
    [InlineData(0, FlowDirection.FromServer)]
    [InlineData(1, FlowDirection.FromClient)]
    public void After_a_handshake_this_is_proof(int server, FlowDirection sender)
    {
        TableRig rig = new(capacity: 1, serverCount: 2);
        int handle = rig.Establish(0, server);
        rig.Table.OnTcp(handle, sender, Ack, rig.Now);

        Assert.Equal(-1, rig.Create(1));
        Assert.Equal(Refusal.Full, rig.Table.Refusal);
    }

    [Theory]
    [InlineData(0, 3, 0, false)]
    [InlineData(0, 1, 1, true)]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 2, 0, true)]
    public void Datagrams_are_proven_by_an_answer_or_where_none_is_seen_by_a_second_one(
        int server, int sent, int answers, bool isProven)
    {
        TableRig rig = new(capacity: 1, serverCount: 2);
        int handle = rig.Create(0, server);
        for (int count = 0; count < sent + answers; count++)
        {
            rig.Table.OnUdp(
                handle,
                count < sent ? FlowDirection.FromClient : FlowDirection.FromServer,
                rig.Now);
        }

        Assert.Equal(isProven, rig.Create(1) < 0);
    }

    [Fact]
    public void The_service_with_the_most_that_nobody_proved_gives_up_first()
    {
        TableRig rig = new(capacity: 8);
        VirtualService other = Other(out RealServer server);
        rig.Table.Create(other, server, FlowOf("10.0.9.1", 443), Now);
        rig.Establish(0);
        rig.Establish(1);
        rig.Establish(2);
        rig.Converse(3);
        rig.Converse(4);
        rig.Converse(5);
        rig.Converse(6);

        int newcomer = rig.Table.Create(other, server, FlowOf("10.0.9.2", 443), Now);

        Assert.True(newcomer >= 0);
        Assert.Equal(-1, rig.Find(0));
        Assert.True(IsThere(rig, "10.0.9.1", 443));
    }

    /// <summary>Of 80 places less than an eighth is free, 9; a quarter of all is 20.</summary>
    [Fact]
    public void In_a_short_table_a_service_with_its_share_gets_nothing_more()
    {
        TableRig rig = new(capacity: 80);
        rig.Table.Shares.ServicePercent = 25;
        for (int number = 0; number < 71; number++)
        {
            rig.Converse(number);
        }

        VirtualService other = Other(out RealServer server);

        Assert.Equal(-1, rig.Create(71));
        Assert.Equal(Refusal.ServiceShare, rig.Table.Refusal);
        for (int client = 1; client <= 9; client++)
        {
            Assert.True(
                rig.Table.Create(other, server, FlowOf($"10.7.{client}.1", 443), Now) >= 0);
        }
    }

    [Fact]
    public void A_service_with_its_share_gets_room_from_what_nobody_proved_of_its_own()
    {
        TableRig rig = new(capacity: 80);
        rig.Table.Shares.ServicePercent = 25;
        VirtualService other = Other(out RealServer server);
        rig.Table.Create(other, server, FlowOf("10.7.1.1", 443), Now);
        for (int number = 0; number < 70; number++)
        {
            rig.Establish(number);
        }

        Assert.True(rig.Create(70) >= 0);
        Assert.Equal(-1, rig.Find(0));
        Assert.True(IsThere(rig, "10.7.1.1", 443));
        Assert.Equal(71, rig.Table.Count);
    }

    [Theory]
    [InlineData("10.7.7.250", "10.7.8.1", "10.7.7.{0}")]
    [InlineData("2001:db8:7:ffff::1", "2001:db8:8::1", "2001:db8:7:{0}::1")]
    public void In_a_short_table_a_network_with_its_share_gets_nothing_more(
        string neighbour, string stranger, string pattern)
    {
        TableRig rig = new(capacity: 80);
        rig.Table.Shares.SourcePercent = 50;
        for (int client = 1; client <= 71; client++)
        {
            Converse(rig, string.Format(null, pattern, client));
        }

        int refused = Create(rig, neighbour);

        Assert.Equal((-1, Refusal.SourceShare), (refused, rig.Table.Refusal));
        Assert.True(Create(rig, stranger) >= 0);
    }

    [Fact]
    public void A_network_with_its_share_gets_room_from_its_own_and_no_others()
    {
        TableRig rig = new(capacity: 80);
        rig.Table.Shares.SourcePercent = 50;
        Create(rig, "10.8.8.8");
        for (int client = 1; client <= 70; client++)
        {
            Create(rig, $"10.7.7.{client}");
        }

        Assert.True(Create(rig, "10.7.7.250") >= 0);
        Assert.True(IsThere(rig, "10.8.8.8", 80));
        Assert.False(IsThere(rig, "10.7.7.1", 80));
    }

    [Fact]
    public void A_promise_goes_with_the_last_of_its_connections_that_nobody_proved()
    {
        TableRig rig = new(capacity: 4);
        Promise(rig, "10.0.0.1");
        Promise(rig, "10.0.0.2");

        Assert.True(Create(rig, "10.0.0.3") >= 0);

        Assert.Equal((3, 1L), (rig.Table.Count, rig.Table.GivenUp.Promises));
        Assert.False(IsThere(rig, "10.0.0.1", 80));
        Assert.True(IsThere(rig, "10.0.0.2", 80));
    }

    /// <summary>Else the connection would hang on a place that is another's.</summary>
    [Fact]
    public void The_promise_that_a_connection_is_being_made_for_stays()
    {
        TableRig rig = new(capacity: 1);

        Assert.Equal(-1, Promise(rig, "10.0.0.1"));

        Assert.Equal((1, 0L), (rig.Table.Count, rig.Table.GivenUp.All));
    }

    [Fact]
    public void A_proven_connection_proves_its_promise()
    {
        TableRig rig = new(capacity: 2);
        int handle = Promise(rig, "10.0.0.1");
        rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, Now);
        rig.Table.OnTcp(handle, FlowDirection.FromClient, Ack, Now);
        rig.Table.OnTcp(handle, FlowDirection.FromServer, Ack, Now);
        rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Reset, Now);
        rig.Table.Expire(Now + TimeSpan.FromSeconds(12), int.MaxValue);

        Assert.Equal(1, rig.Table.Count);
        Create(rig, "10.0.0.2");
        Assert.True(Create(rig, "10.0.0.3") >= 0);
        Assert.False(IsThere(rig, "10.0.0.2", 80));
        Assert.Equal(0, rig.Table.GivenUp.Promises);
    }

    /// <summary>The twin proved it, or nobody can tell: an established flow is kept.</summary>
    [Fact]
    public void What_the_twin_tells_of_is_not_given_up_once_it_has_begun()
    {
        TableRig twin = new(capacity: 2);
        twin.Table.FillRecord(twin.Establish(0), Now, out ConnectionRecord begun);
        twin.Table.FillRecord(twin.Create(1), Now, out ConnectionRecord halfOpen);
        TableRig rig = new(capacity: 2);
        rig.Table.Learn(begun, rig.Servers[0], Now);
        rig.Table.Learn(halfOpen, rig.Servers[0], Now);

        Assert.True(rig.Create(2) >= 0);
        Assert.True(rig.Find(0) >= 0);
        Assert.Equal(-1, rig.Find(1));
    }

    [Fact]
    public void Giving_up_allocates_nothing()
    {
        TableRig rig = new(capacity: 64);
        int number = 0;
        Fill();

        long allocated = Allocation.LeastOf(Fill);

        Assert.Equal(0, allocated);
        Assert.True(rig.Table.GivenUp.All >= 1000);

        void Fill()
        {
            for (int count = 0; count < 1000; count++)
            {
                rig.Create(number++);
            }
        }
    }

    private static (bool, bool, bool, bool) Present(TableRig rig) => (
        rig.Find(0) >= 0, rig.Find(1) >= 0, rig.Find(2) >= 0, rig.Find(3) >= 0);

    private static VirtualService Other(out RealServer server)
    {
        VirtualService service = new(
            new(TransportProtocol.Tcp, IpAddress.FromIpv4(0x0A09_0001), 443),
            Schedulers.Create("rr"));
        server = service.Add(new(
            new(IpAddress.FromIpv4(0x0A01_0020), 8443), ForwardingMethod.Nat, 1));
        return service;
    }

    private static FlowKey FlowOf(string client, ushort port) => new(
        TransportProtocol.Tcp,
        new(IpAddress.Parse(client), 40_000),
        new(IpAddress.FromIpv4(0x0A09_0001), port));

    private static bool IsThere(TableRig rig, string client, ushort port)
    {
        FlowKey flow = FlowOf(client, port);
        return rig.Table.Find(flow.Protocol, flow.Client, flow.Virtual, out _) >= 0;
    }

    private static int Create(TableRig rig, string client) =>
        rig.Table.Create(rig.Service, rig.Servers[0], FlowOf(client, 80), Now);

    private static void Converse(TableRig rig, string client)
    {
        int handle = Create(rig, client);
        rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, Now);
        rig.Table.OnTcp(handle, FlowDirection.FromClient, Ack, Now);
        rig.Table.OnTcp(handle, FlowDirection.FromServer, Ack, Now);
    }

    /// <summary>A template, and the first connection by it.</summary>
    private static int Promise(TableRig rig, string client)
    {
        FlowKey flow = FlowOf(client, 80);
        int template = rig.Table.Templates.Create(
            rig.Servers[0],
            flow with { Client = flow.Client with { Port = 0 } },
            callId: default,
            mark: 0,
            TimeSpan.FromSeconds(300),
            Now);
        NewConnection wanted = new()
        {
            Flow = flow,
            Server = rig.Servers[0],
            Method = ForwardingMethod.Nat,
            Controller = template,
        };
        return rig.Table.Create(rig.Service, wanted, Now);
    }
}

using System;
using System.Buffers.Binary;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>What the twin is told of connections, and how fast their time is looked at.</summary>
public class UpkeepTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";
    private const string Names = "10.9.0.1:53";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private Instant _twinsEnd;
    private int _told;

    [Theory]
    [InlineData(TransportProtocol.Tcp, 900)]
    [InlineData(TransportProtocol.Udp, 300)]
    public void The_twins_copy_of_a_living_connection_never_ends_first(
        TransportProtocol protocol, int timeout)
    {
        // Shares of the timeout between two packets: early and late ones, in every order.
        double[] silences =
        [
            0.01, 0.98, 0.49, 0.02, 0.48, 0.97, 0.51, 0.47, 0.5, 0.03, 0.44, 0.9, 0.01, 0.01, 0.98,
        ];
        TestBox box = Box();
        Begin(box, protocol);

        foreach (double silence in silences)
        {
            box.FromClient(Packet(protocol));
            Listen(box);
            Instant next = box.Now + (Second * (int)(timeout * silence));
            while (box.Now < next)
            {
                box.Now += Second;
                box.Turn();
                Listen(box);
                Assert.True(box.Now < _twinsEnd, $"{silence} of the timeout");
            }
        }

        Assert.InRange(_told, 7, 30);
    }

    [Theory]
    [InlineData(TransportProtocol.Tcp, 900)]
    [InlineData(TransportProtocol.Udp, 300)]
    public void A_busy_connection_is_told_of_twice_per_timeout(
        TransportProtocol protocol, int timeout)
    {
        TestBox box = Box();
        Begin(box, protocol);
        Listen(box);
        _told = 0;

        for (int second = 0; second < 4 * timeout; second++)
        {
            box.Now += Second;
            box.FromClient(Packet(protocol));
            Listen(box);
        }

        Assert.InRange(_told, 7, 9);
    }

    [Fact]
    public void A_persistent_client_without_room_for_its_template_is_counted_as_refused()
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = 1 });
        VirtualService names = box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        box.AddServer(names, "10.1.0.11:53", ForwardingMethod.Nat);
        VirtualService web = box.AddService(TransportProtocol.Tcp, "10.9.0.1:80");
        ServiceSettings settings = new()
        {
            Scheduler = "rr",
            Persistence = new(TimeSpan.FromSeconds(360)),
        };
        box.Command(new EditService(web.Key, settings, schedule: null));
        box.AddServer(web, "10.1.0.12:80", ForwardingMethod.Nat);
        box.FromClient(PacketBuilder.Udp("10.0.0.1:40001", "10.9.0.1:53"));
        box.FromServer(PacketBuilder.Udp("10.1.0.11:53", "10.0.0.1:40001"));

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp("10.0.0.2:40001", "10.9.0.1:80"));

        Assert.Empty(sent);
        Assert.Equal(1, box.Engine.Counters.ConnectionsRefused);
        Assert.Equal(1, box.OutsideCounters[DropReason.ConnectionTableFull]);
    }

    /// <summary>A quarter of four places is one sender's; half a minute is a datagram's.</summary>
    [Fact]
    public void What_becomes_of_datagrams_in_fragments_is_counted()
    {
        TestBox box = new(new EngineOptions { FragmentedDatagrams = 4 });
        box.FromClient(Piece("10.0.0.1", 0));
        box.FromClient(Piece("10.0.0.1", 0, identification: 2));
        box.FromClient(Piece("10.0.0.2", 0));
        box.FromClient(Piece("10.0.0.2", 1));
        box.Now += TimeSpan.FromSeconds(31);
        box.Turn();

        EngineCounters counters = box.Engine.Counters;
        Assert.Equal(
            (1, 1, 1),
            (counters.DatagramsEvicted,
                counters.DatagramsOverlapping,
                counters.DatagramsTimedOut));
    }

    /// <summary>Sixteen octets of payload, and more to come.</summary>
    private static byte[] Piece(string source, ushort unit, byte identification = 1)
    {
        byte[] packet = PacketBuilder.Other(17, source, "10.9.0.1", new byte[16])
            .FragmentWord((ushort)(0x2000 | unit)).Build();
        packet[5] = identification;
        packet.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10), SlowChecksum.Of(packet.AsSpan(0, 20)));
        return packet;
    }

    [Fact]
    public void An_idle_connection_is_told_of_once()
    {
        TestBox box = Box();
        Begin(box, TransportProtocol.Tcp);
        Listen(box);
        _told = 0;

        for (int second = 0; second < 1000; second++)
        {
            box.Now += Second;
            box.Turn();
            Listen(box);
        }

        Assert.Equal(0, _told);
        Assert.Equal(1, box.Engine.Counters.ConnectionsExpired);
    }

    [Fact]
    public void A_flood_of_datagrams_does_not_push_out_news_of_established_connections()
    {
        TestBox box = Box(events: 8);
        for (int port = 1001; port <= 1020; port++)
        {
            box.FromClient(PacketBuilder.Udp($"10.0.0.1:{port}", Names));
        }

        Assert.Equal(4, box.Engine.Events.Count);
        Begin(box, TransportProtocol.Tcp);
        Assert.Equal(5, box.Engine.Events.Count);
        Assert.Equal(0, box.Engine.Counters.EventsLost);
    }

    [Fact]
    public void A_flow_that_went_untold_is_told_of_with_its_next_datagram()
    {
        TestBox box = Box(events: 8);
        for (int port = 1001; port <= 1020; port++)
        {
            box.FromClient(PacketBuilder.Udp($"10.0.0.1:{port}", Names));
        }

        Listen(box);
        _told = 0;
        box.FromClient(PacketBuilder.Udp("10.0.0.1:1001", Names));
        Listen(box);
        Assert.Equal(0, _told);
        box.FromClient(PacketBuilder.Udp("10.0.0.1:1020", Names));
        Listen(box);
        Assert.Equal(1, _told);
    }

    [Fact]
    public void Connections_that_only_move_their_time_do_not_wait_for_the_next_turn()
    {
        TestBox box = Box();
        for (int port = 1001; port <= 1600; port++)
        {
            string client = $"10.0.0.1:{port}";
            box.FromClient(PacketBuilder.Tcp(client, Web));
            box.FromClient(PacketBuilder.Tcp(client, Web).Flags(TcpFlags.Acknowledgment));
        }

        box.Now += Second * 61;
        box.Turn();
        Assert.Equal(box.Now, box.Engine.Deadline);
        int turns = 0;
        while (box.Engine.Deadline <= box.Now && turns < 100)
        {
            box.Turn();
            turns++;
        }

        Assert.InRange(turns, 1, 10);
        Assert.Equal(0, box.Engine.Counters.ConnectionsExpired);
    }

    /// <summary>Templates too: seen of the kernel, with expire_nodest_conn.</summary>
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void Nothing_keeps_a_client_to_a_removed_server_when_connections_shall_end(
        bool shallEnd, int left)
    {
        TestBox box = new();
        box.Command(new SetLvsSettings(new() { ExpireNodestConn = shallEnd }));
        VirtualService service = new(
            new(TransportProtocol.Tcp, TestBox.At(Web).Address, 80),
            Schedulers.Create("rr"),
            new() { Scheduler = "rr", Persistence = new(TimeSpan.FromSeconds(360)) });
        box.Command(new AddService(service));
        RealServer server = box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Direct);
        Begin(box, TransportProtocol.Tcp);
        Assert.Equal(2, box.Engine.Connections.Count);

        box.Command(new RemoveServer(service.Key, server.Endpoint));
        box.Turn();

        Assert.Equal(left, box.Engine.Connections.Count);
    }

    private static TestBox Box(int events = 1 << 12)
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = 1024, EventQueue = events });
        VirtualService web = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(web, "10.1.0.11:8080", ForwardingMethod.Nat);
        VirtualService names = box.AddService(TransportProtocol.Udp, Names);
        box.AddServer(names, "10.1.0.12:53", ForwardingMethod.Nat);
        return box;
    }

    private static void Begin(TestBox box, TransportProtocol protocol)
    {
        if (protocol == TransportProtocol.Tcp)
        {
            box.FromClient(PacketBuilder.Tcp(Client, Web));
        }

        box.FromClient(Packet(protocol));
    }

    private static PacketBuilder Packet(TransportProtocol protocol) =>
        protocol == TransportProtocol.Tcp
            ? PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment)
            : PacketBuilder.Udp(Client, Names);

    /// <summary>The twin keeps a connection as long as it was told last.</summary>
    private void Listen(TestBox box)
    {
        while (box.Engine.Events.TryTake(out EngineEvent news))
        {
            if (news.Kind == EngineEventKind.ConnectionChanged)
            {
                _twinsEnd = box.Now + news.Connection.Timeout;
                _told++;
            }
        }
    }
}

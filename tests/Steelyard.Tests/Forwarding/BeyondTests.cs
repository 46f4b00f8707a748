using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Full NAT, masquerade, one-packet replies, FTP: both ways through the engine, with what each end
/// sees.
/// </summary>
public sealed class BeyondTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";

    [Fact]
    public void With_full_NAT_each_end_talks_to_the_box_alone()
    {
        TestBox box = new();
        box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.FullNat);

        byte[] asked = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web))).Packet;
        string local = SourceOf(asked);
        byte[] answered = Assert.Single(box.FromServer(
            PacketBuilder.Tcp("10.1.0.11:8080", local)
                .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment))).Packet;

        Assert.StartsWith("10.1.0.254:", local, StringComparison.Ordinal);
        Assert.Equal("10.1.0.11:8080", DestinationOf(asked));
        Assert.Equal((Web, Client), (SourceOf(answered), DestinationOf(answered)));
        AssertSummed(asked);
        AssertSummed(answered);
        box.CheckConservation();
    }

    [Fact]
    public void Two_clients_by_full_NAT_have_different_ports_towards_one_server()
    {
        TestBox box = new();
        box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.FullNat);

        byte[] one = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web))).Packet;
        byte[] two = Assert.Single(
            box.FromClient(PacketBuilder.Tcp("10.0.0.2:40001", Web))).Packet;

        Assert.NotEqual(SourceOf(one), SourceOf(two));
    }

    /// <summary>32,768 ports of one address towards one server; a search takes 128 tries.</summary>
    [Fact]
    public void Thousands_of_clients_by_full_NAT_find_a_port_towards_one_server()
    {
        TestBox box = new(new EngineOptions { ConnectionCapacity = 8192 });
        box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.FullNat);

        for (int client = 0; client < 8000; client++)
        {
            Assert.Single(box.FromClient(
                PacketBuilder.Tcp($"10.0.0.{1 + (client / 4000)}:{2000 + client}", Web)));
        }

        Assert.Equal(0, box.OutsideCounters[DropReason.PortsExhausted]);
    }

    /// <summary>
    /// Seen of the kernel: an error to a client leaves past LVS, which takes it for a reply where
    /// the server's own replies do not pass. By NAT the error is about another address than the
    /// server's. Octets: 20 of IP, 8 of ICMP, 40 quoted.
    /// </summary>
    [Theory]
    [InlineData(ForwardingMethod.Direct, 1, 68)]
    [InlineData(ForwardingMethod.Nat, 0, 0)]
    public void An_error_stands_for_the_reply_that_is_not_seen(
        ForwardingMethod method, int packets, int octets)
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        RealServer server = box.AddServer(service, "10.1.0.11:80", method);
        _ = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));

        byte[] error = Assert.Single(box.FromClient(
            PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment).TimeToLive(1))).Packet;

        Assert.Equal(68, error.Length);
        foreach (TrafficCounters counters in new[] { service.Counters, server.Counters })
        {
            Assert.Equal((2, packets), (counters.InPackets, counters.OutPackets));
            Assert.Equal((80, octets), (counters.InBytes, counters.OutBytes));
        }
    }

    [Fact]
    public void A_host_behind_the_box_reaches_the_world_under_the_boxs_address()
    {
        TestBox box = new();
        Assert.True(IpPrefix.TryParse("10.1.0.0/24", out IpPrefix inside));
        box.Command(new ReplaceMasquerades([new(inside, TestBox.Address("10.9.0.4"))]));

        byte[] asked = Assert.Single(box.FromServer(
            PacketBuilder.Udp("10.1.0.15:5000", "198.51.100.7:53").Payload(20))).Packet;
        byte[] answered = Assert.Single(box.FromClient(
            PacketBuilder.Udp("198.51.100.7:53", SourceOf(asked)).Payload(30))).Packet;

        Assert.Equal("10.9.0.4:5000", SourceOf(asked));
        Assert.Equal(
            ("198.51.100.7:53", "10.1.0.15:5000"),
            (SourceOf(answered), DestinationOf(answered)));
        AssertSummed(asked);
        AssertSummed(answered);
        box.CheckConservation();
    }

    [Fact]
    public void A_stranger_does_not_come_in_by_a_masquerading_address()
    {
        TestBox box = new();
        Assert.True(IpPrefix.TryParse("10.1.0.0/24", out IpPrefix inside));
        box.Command(new ReplaceMasquerades([new(inside, TestBox.Address("10.9.0.4"))]));
        box.FromServer(PacketBuilder.Udp("10.1.0.15:5000", "198.51.100.7:53").Payload(20));

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Udp("198.51.100.8:53", "10.9.0.4:5000").Payload(30));

        Assert.All(sent, frame => Assert.Equal(box.Outside, frame.Port));
        Assert.Equal(1, box.OutsideCounters[DropReason.NoService]);
    }

    /// <summary>The kernel lets this reply out under the server's own address.</summary>
    [Fact]
    public void The_reply_to_a_lone_datagram_comes_from_the_virtual_address()
    {
        TestBox box = new();
        Endpoint dns = TestBox.At("10.9.0.1:53");
        ServiceSettings settings = new() { Scheduler = "rr", IsOnePacket = true };
        VirtualService service = box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        box.Command(new EditService(service.Key, settings, schedule: null));
        box.AddServer(service, "10.1.0.11:5353", ForwardingMethod.Nat);

        Assert.Single(box.FromClient(PacketBuilder.Udp(Client, "10.9.0.1:53").Payload(8)));
        byte[] answered = Assert.Single(box.FromServer(
            PacketBuilder.Udp("10.1.0.11:5353", Client).Payload(30))).Packet;

        Assert.Equal(dns.ToString(), SourceOf(answered));
        Assert.Equal(1, service.Counters.OutPackets);
        AssertSummed(answered);
    }

    [Fact]
    public void With_full_NAT_the_answer_to_a_lone_datagram_finds_the_client()
    {
        TestBox box = LoneFullNat(out VirtualService service);

        string[] locals =
        [
            SourceOf(AskOf(box, Client)),
            SourceOf(AskOf(box, "10.0.0.2:40001")),
        ];
        byte[] answered = Assert.Single(box.FromServer(
            PacketBuilder.Udp("10.1.0.11:5353", locals[1]).Payload(30))).Packet;

        Assert.NotEqual(locals[0], locals[1]);
        Assert.Equal(
            ("10.9.0.1:53", "10.0.0.2:40001"),
            (SourceOf(answered), DestinationOf(answered)));
        Assert.Equal(1, service.Counters.OutPackets);
        AssertSummed(answered);
        box.CheckConservation();
    }

    [Fact]
    public void With_full_NAT_each_lone_datagram_of_one_client_is_scheduled_by_itself()
    {
        TestBox box = LoneFullNat(out VirtualService service);
        box.AddServer(service, "10.1.0.12:5353", ForwardingMethod.FullNat);

        string[] servers =
        [
            DestinationOf(AskOf(box, Client)),
            DestinationOf(AskOf(box, Client)),
        ];

        Assert.Equal(["10.1.0.11:5353", "10.1.0.12:5353"], servers.Order());
    }

    /// <summary>Ten seconds, and what the wheel needs.</summary>
    [Fact]
    public void What_waits_for_the_answer_to_a_lone_datagram_ends_soon()
    {
        TestBox box = LoneFullNat(out _);
        string local = SourceOf(AskOf(box, Client));
        box.Now += TimeSpan.FromSeconds(9);
        box.Turn();
        int waiting = box.Engine.Connections.Count;

        box.Now += TimeSpan.FromSeconds(2);
        box.Turn();

        Assert.Equal((1, 0), (waiting, box.Engine.Connections.Count));
        Assert.DoesNotContain(
            box.FromServer(PacketBuilder.Udp("10.1.0.11:5353", local).Payload(30)),
            frame => frame.Port == box.Outside);
    }

    [Fact]
    public void A_flood_of_lone_datagrams_does_not_keep_others_out()
    {
        TestBox box = LoneFullNat(out _);
        VirtualService web = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(web, "10.1.0.11:80", ForwardingMethod.Nat);
        for (int number = 0; number < box.Engine.Connections.Capacity; number++)
        {
            AskOf(box, $"10.0.{number / 250}.9:{2000 + number}");
        }

        SentFrame[] opened = box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.Single(opened);
    }

    /// <summary>Only datagrams are alone; the kernel asks for UDP too.</summary>
    [Fact]
    public void A_connection_by_TCP_of_a_marked_one_packet_service_stays()
    {
        TestBox box = new();
        VirtualService service = new(
            new(TransportProtocol.Unknown, IpAddress.FromIpv4(0), 0, Mark: 7),
            Schedulers.Create("rr"),
            new ServiceSettings { Scheduler = "rr", IsOnePacket = true });
        box.Command(new AddService(service));
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);
        box.Command(new ReplaceMarkRules([new MarkRule(7)]));

        box.FromClient(PacketBuilder.Tcp(Client, Web));
        box.FromClient(PacketBuilder.Udp(Client, Web).Payload(9));

        Assert.Equal(1, box.Engine.Connections.Count);
    }

    [Fact]
    public void What_a_server_sends_besides_is_routed_and_what_others_send_is_not()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.Nat);

        byte[] routed = Assert.Single(box.FromServer(
            PacketBuilder.Udp("10.1.0.11:123", "198.51.100.7:123").Payload(8))).Packet;
        SentFrame[] dropped = box.FromServer(
            PacketBuilder.Udp("10.1.0.12:123", "198.51.100.7:123").Payload(8));

        Assert.Equal("10.1.0.11:123", SourceOf(routed));
        Assert.Equal(63, routed[8]);
        Assert.Empty(dropped);
    }

    [Fact]
    public void With_schedule_icmp_an_error_about_an_unknown_connection_finds_a_server()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Direct);
        byte[] quoted = PacketBuilder.Tcp(Web, Client).Build();
        byte[] error =
            PacketBuilder.Icmp("10.0.9.9", "10.9.0.1", 3, 4, rest: 1280, quoted).Build();

        SentFrame[] before = box.FromClient(error.AsSpan().ToArray());
        box.Command(new SetLvsSettings(new LvsSettings { ScheduleIcmp = true }));
        SentFrame after = Assert.Single(box.FromClient(error));

        Assert.Empty(before);
        Assert.Equal(TestBox.ServerMac(11), after.Destination);
    }

    [Fact]
    public void An_error_about_a_tunnel_comes_to_the_interfaces_own_station_and_goes_to_the_client()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Tunnel);
        byte[] wrapped = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web))).Packet;
        byte[] error = PacketBuilder.Icmp(
            "10.1.0.77", "10.1.0.1", 3, 4, rest: 1200, wrapped).Build();

        SentFrame told = Assert.Single(box.Send(
            box.Inside,
            PacketBuilder.InFrame(error, TestBox.InsideMac, TestBox.ServerMac(12))));

        Assert.Equal(box.Outside, told.Port);
        Assert.Equal(1180, BinaryPrimitives.ReadUInt16BigEndian(told.Packet.AsSpan(26)));
        Assert.Equal("10.0.0.1", IpAddress.ReadIpv4(told.Packet.AsSpan(16)).ToString());
        box.CheckConservation();
    }

    [Fact]
    public void FTPs_passive_server_is_seen_at_the_virtual_address_and_its_data_connection_opens()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, "10.9.0.1:21");
        box.AddServer(service, "10.1.0.11:21", ForwardingMethod.Nat);
        Establish(box, "10.9.0.1:21", "10.1.0.11:21");

        byte[] reply = Assert.Single(box.FromServer(Text(
            "10.1.0.11:21", Client, 1, "227 Entering Passive Mode (10,1,0,11,200,10)\r\n"))).Packet;
        byte[] opened = Assert.Single(
            box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:51210"))).Packet;
        byte[] next = Assert.Single(
            box.FromServer(Text("10.1.0.11:21", Client, 47, "226 Done\r\n"))).Packet;

        Assert.Contains(
            "(10,9,0,1,200,10)", Encoding.ASCII.GetString(reply[40..]), StringComparison.Ordinal);
        Assert.Equal("10.1.0.11:51210", DestinationOf(opened));
        Assert.Equal(46u, BinaryPrimitives.ReadUInt32BigEndian(next.AsSpan(24)));
        AssertSummed(reply);
        AssertSummed(opened);
        AssertSummed(next);
    }

    [Fact]
    public void FTPs_active_server_connects_as_the_virtual_address()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, "10.9.0.1:21");
        box.AddServer(service, "10.1.0.11:21", ForwardingMethod.Nat);
        Establish(box, "10.9.0.1:21", "10.1.0.11:21");

        Assert.Single(box.FromClient(
            Text(Client, "10.9.0.1:21", 1001, "PORT 10,0,0,1,200,11\r\n")));
        byte[] opened = Assert.Single(
            box.FromServer(PacketBuilder.Tcp("10.1.0.11:20", "10.0.0.1:51211"))).Packet;

        Assert.Equal(
            ("10.9.0.1:20", "10.0.0.1:51211"), (SourceOf(opened), DestinationOf(opened)));
        AssertSummed(opened);
    }

    private static TestBox LoneFullNat(out VirtualService service)
    {
        TestBox box = new();
        box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        service = box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        ServiceSettings settings = new() { Scheduler = "rr", IsOnePacket = true };
        box.Command(new EditService(service.Key, settings, schedule: null));
        box.AddServer(service, "10.1.0.11:5353", ForwardingMethod.FullNat);
        return box;
    }

    private static byte[] AskOf(TestBox box, string client) => Assert.Single(
        box.FromClient(PacketBuilder.Udp(client, "10.9.0.1:53").Payload(8))).Packet;

    private static void Establish(TestBox box, string service, string server)
    {
        box.FromClient(PacketBuilder.Tcp(Client, service));
        box.FromServer(PacketBuilder.Tcp(server, Client)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment));
        box.FromClient(PacketBuilder.Tcp(Client, service).Flags(TcpFlags.Acknowledgment));
    }

    private static byte[] Text(string source, string destination, uint sequence, string text)
    {
        byte[] packet = PacketBuilder.Tcp(source, destination)
            .Flags(TcpFlags.Acknowledgment | TcpFlags.Push)
            .Sequence(sequence, 1)
            .Payload(text.Length)
            .Build();
        Encoding.ASCII.GetBytes(text).CopyTo(packet, 40);
        packet.AsSpan(36, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(36), SlowChecksum.OfTransport(packet));
        return packet;
    }

    private static string SourceOf(byte[] packet) => EndOf(packet, 12, 20);

    private static string DestinationOf(byte[] packet) => EndOf(packet, 16, 22);

    private static string EndOf(byte[] packet, int address, int port) => new Endpoint(
        IpAddress.ReadIpv4(packet.AsSpan(address)),
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(port))).ToString();

    private static void AssertSummed(byte[] packet)
    {
        Assert.Equal(0, SlowChecksum.Of(packet.AsSpan(0, 20)));
        Assert.Equal(0, SlowChecksum.OfTransport(packet));
    }
}

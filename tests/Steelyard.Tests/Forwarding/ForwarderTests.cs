using System;
using System.Buffers.Binary;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// What no recording shows: stations, tags, unfinished checksums, waiting, counting.
/// </summary>
public class ForwarderTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";
    private const string Server = "10.1.0.11:8080";

    [Fact]
    public void A_frame_for_the_interfaces_own_station_is_the_kernels()
    {
        TestBox box = WebBox(out _, out _);

        SentFrame[] sent = box.Send(
            box.Outside,
            PacketBuilder.Tcp(Client, "10.254.0.1:80")
                .Frame(TestBox.OutsideMac, TestBox.RouterMac));

        Assert.Empty(sent);
        Assert.Equal(1, box.OutsideCounters.NotOurs);
        Assert.Equal(0, box.OutsideCounters.Dropped);
    }

    [Fact]
    public void Nothing_is_forwarded_while_the_address_is_not_held()
    {
        TestBox box = WebBox(out _, out _);
        for (int number = 1; number <= 4; number++)
        {
            box.Command(new ReleaseAddress(
                TestBox.OutsideIndex, TestBox.Address($"10.9.0.{number}")));
        }

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.Empty(sent);
        Assert.Equal(1, box.OutsideCounters.NotOurs);
    }

    [Fact]
    public void A_forwarded_frame_carries_the_outgoing_interfaces_station()
    {
        TestBox box = WebBox(out _, out _);

        SentFrame sent = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));

        Assert.Equal(TestBox.InsideMac, sent.Source);
        Assert.Equal(TestBox.ServerMac(11), sent.Destination);
    }

    [Fact]
    public void An_echo_reply_comes_from_the_virtual_station()
    {
        TestBox box = new();

        SentFrame sent = Assert.Single(
            box.FromClient(PacketBuilder.EchoRequest("10.0.0.1", "10.9.0.1")));

        Assert.Equal(TestBox.OutsideVirtual, sent.Source);
        Assert.Equal(TestBox.RouterMac, sent.Destination);
        Assert.Equal(0, sent.Packet[20]);
        Assert.Null(SlowChecksum.FaultOf(sent.Packet));
        box.CheckConservation();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0x6000, true)]
    [InlineData(7, false)]
    public void A_priority_tag_is_no_VLAN(int tag, bool isOurs)
    {
        TestBox box = WebBox(out _, out _);
        byte[] packet = PacketBuilder.Tcp(Client, Web).Build();
        byte[] tagged = new byte[18 + packet.Length];
        PacketBuilder.InFrame(packet, TestBox.OutsideVirtual, TestBox.RouterMac)
            .AsSpan(0, 12).CopyTo(tagged);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(12), 0x8100);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(14), (ushort)tag);
        BinaryPrimitives.WriteUInt16BigEndian(tagged.AsSpan(16), 0x0800);
        packet.CopyTo(tagged, 18);

        SentFrame[] sent = box.Send(box.Outside, tagged);

        Assert.Equal(isOurs ? 0 : 1, box.OutsideCounters.NotOurs);
        Assert.Equal(isOurs ? 1 : 0, sent.Length);
        Assert.True(!isOurs || SlowChecksum.FaultOf(sent[0].Packet) is null);
    }

    [Fact]
    public void Padding_behind_the_packet_does_not_travel_on()
    {
        TestBox box = WebBox(out _, out _);
        byte[] padded = [.. PacketBuilder.Tcp(Client, Web).Build(), 1, 2, 3, 4, 5, 6];

        SentFrame sent = Assert.Single(box.FromClient(padded));

        Assert.Equal(14 + 40, sent.Octets.Length);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(17)]
    public void An_unfinished_checksum_stays_the_sum_of_the_pseudo_header(byte protocol)
    {
        TestBox box = WebBox(out _, out _);
        PacketBuilder builder = protocol == 6
            ? PacketBuilder.Tcp(Client, Web).Payload(33)
            : PacketBuilder.Udp(Client, Web).Payload(33);
        byte[] packet = builder.Build();
        int field = 20 + (protocol == 6 ? 16 : 6);
        WritePseudoHeaderSum(packet, field);
        FrameOffload offload = new(
            ChecksumState.Unfinished,
            ChecksumStart: 34,
            ChecksumOffset: (ushort)(field - 20));

        SentFrame sent = Assert.Single(box.FromClient(packet, offload));

        // Finished as the device would: the sum of all from the start, put into the field.
        byte[] finished = sent.Packet;
        ushort sum = SlowChecksum.Of(finished.AsSpan(20));
        BinaryPrimitives.WriteUInt16BigEndian(finished.AsSpan(field), sum);
        Assert.Null(SlowChecksum.FaultOf(finished));
        Assert.Equal(offload, sent.Offload);
    }

    [Fact]
    public void A_super_frame_passes_whole_and_counts_as_its_segments()
    {
        TestBox box = WebBox(out VirtualService service, out RealServer server);
        Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        byte[] packet = PacketBuilder.Tcp(Client, Web)
            .Flags(TcpFlags.Acknowledgment).Payload(30_000).Build();
        WritePseudoHeaderSum(packet, 36);
        FrameOffload offload = new(
            ChecksumState.Unfinished,
            ChecksumStart: 34,
            ChecksumOffset: 16,
            SegmentationKind.TcpIpv4,
            SegmentLength: 1448,
            HeaderLength: 54);

        SentFrame sent = Assert.Single(box.FromClient(packet, offload));

        // 30,000 / 1,448 = 20.7: 21 segments, each with 40 octets of headers.
        Assert.Equal(offload, sent.Offload);
        Assert.Equal(30_054, sent.Octets.Length);
        Assert.Equal(1 + 21, server.Counters.InPackets);
        Assert.Equal(40 + 30_000 + (21 * 40), server.Counters.InBytes);
        Assert.Equal(server.Counters.InBytes, service.Counters.InBytes);
    }

    [Fact]
    public void A_super_frame_of_segments_too_large_is_refused()
    {
        TestBox box = WebBox(out _, out _);
        box.Inside.MaximumTransmissionUnit = 1400;
        byte[] packet = PacketBuilder.Tcp(Client, Web).Payload(30_000).Build();
        FrameOffload offload = new(
            Segmentation: SegmentationKind.TcpIpv4, SegmentLength: 1361, HeaderLength: 54);

        SentFrame sent = Assert.Single(box.FromClient(packet, offload));

        Assert.Equal(1, box.OutsideCounters[DropReason.PacketTooBig]);
        Assert.Equal((3, 4), (sent.Packet[20], sent.Packet[21]));
        Assert.Equal(1400, BinaryPrimitives.ReadUInt16BigEndian(sent.Packet.AsSpan(26)));
    }

    [Fact]
    public void Fragments_have_one_right_checksum_when_the_senders_was_unfinished()
    {
        TestBox box = WebBox(out _, out _);
        box.Inside.MaximumTransmissionUnit = 700;
        byte[] packet = PacketBuilder.Tcp(Client, Web).MayBeCut().Payload(1460).Build();
        byte[] whole = [.. packet];
        WritePseudoHeaderSum(packet, 36);

        SentFrame[] sent = box.FromClient(
            packet, new(ChecksumState.Unfinished, ChecksumStart: 34, ChecksumOffset: 16));

        Assert.Equal(3, sent.Length);
        int at = 20;
        foreach (SentFrame fragment in sent)
        {
            Assert.Null(SlowChecksum.FaultOf(fragment.Packet));
            fragment.Packet[20..].CopyTo(whole, at);
            at += fragment.Packet.Length - 20;
        }

        TestBox.Address("10.1.0.11").Write(whole.AsSpan(16));
        Assert.Equal(whole.Length, at);
        Assert.Equal(0, SlowChecksum.OfTransport(whole));
        box.CheckConservation();
    }

    [Fact]
    public void Frames_wait_until_the_next_hop_is_known()
    {
        TestBox box = WebBox(out _, out _, knowsNeighbours: false);
        Assert.Empty(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        Assert.Empty(box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", Web)));
        IpAddress wanted = Assert.Single(box.TakeWanted());
        box.CheckConservation();

        box.Command(new NeighbourLearned(
            TestBox.InsideIndex, wanted, TestBox.ServerMac(11)));
        box.Turn();

        SentFrame[] sent = box.TakeSent();
        Assert.Equal(2, sent.Length);
        Assert.All(sent, frame => Assert.Equal(TestBox.ServerMac(11), frame.Destination));
        Assert.Equal(0, box.OutsideCounters.Waiting);
        box.CheckConservation();
    }

    [Fact]
    public void Frames_that_wait_for_one_who_does_not_answer_are_dropped()
    {
        TestBox box = WebBox(out _, out _, knowsNeighbours: false);
        box.FromClient(PacketBuilder.Tcp(Client, Web));

        box.Command(new NeighbourFailed(TestBox.InsideIndex, TestBox.Address("10.1.0.11")));
        box.Turn();

        Assert.Equal(1, box.OutsideCounters[DropReason.NeighbourFailed]);
        Assert.Equal(0, box.OutsideCounters.Waiting);
        box.CheckConservation();
    }

    [Fact]
    public void A_next_hop_in_use_is_asked_about_again()
    {
        TestBox box = WebBox(out _, out _);
        box.FromClient(PacketBuilder.Tcp(Client, Web));
        Assert.Empty(box.TakeWanted());

        box.Now += TimeSpan.FromSeconds(16);
        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.Single(sent);
        Assert.Equal([TestBox.Address("10.1.0.11")], box.TakeWanted());
    }

    [Fact]
    public void Detaching_a_port_drops_what_waits_there_and_frees_it()
    {
        TestBox box = WebBox(out _, out _, knowsNeighbours: false);
        box.FromClient(PacketBuilder.Tcp(Client, Web));
        bool detached = false;

        box.Command(new DetachPort(TestBox.InsideIndex, () => detached = true));
        box.Turn();
        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.True(detached);
        Assert.Empty(sent);
        Assert.Equal(2, box.OutsideCounters[DropReason.NoPort]);
        Assert.Equal(0, box.OutsideCounters.Waiting);
    }

    [Fact]
    public void Traffic_is_counted_on_the_service_and_its_server_by_direction()
    {
        TestBox box = WebBox(out VirtualService service, out RealServer server);

        box.FromClient(PacketBuilder.Tcp(Client, Web));
        box.FromServer(PacketBuilder.Tcp(Server, Client)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment));
        box.FromClient(PacketBuilder.Tcp(Client, Web)
            .Flags(TcpFlags.Acknowledgment).Payload(60));

        foreach (TrafficCounters counters in new[] { service.Counters, server.Counters })
        {
            Assert.Equal(
                (1, 2, 1),
                (counters.Connections, counters.InPackets, counters.OutPackets));
            Assert.Equal((140, 40), (counters.InBytes, counters.OutBytes));
        }

        Assert.Equal((1, 0), (server.ActiveConnections, server.InactiveConnections));
    }

    [Fact]
    public void The_twin_hears_of_each_state()
    {
        TestBox box = WebBox(out _, out _);
        box.FromClient(PacketBuilder.Tcp(Client, Web));
        box.FromServer(PacketBuilder.Tcp(Server, Client)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment));
        box.FromClient(PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment));

        Assert.True(box.Engine.Events.TryTake(out EngineEvent opened));
        Assert.True(box.Engine.Events.TryTake(out EngineEvent established));
        Assert.False(box.Engine.Events.TryTake(out _));
        Assert.Equal(EngineEventKind.ConnectionChanged, established.Kind);
        Assert.Equal(ConnectionState.SynReceived, opened.Connection.State);
        Assert.Equal(ConnectionState.Established, established.Connection.State);
        Assert.Equal(TestBox.At(Server), established.Connection.Server);
    }

    [Fact]
    public void A_flood_of_half_open_connections_does_not_push_out_other_news()
    {
        TestBox box = WebBox(out _, out _, events: 8);
        for (int port = 1001; port <= 1020; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
        }

        box.FromClient(PacketBuilder.Tcp("10.0.0.1:1001", Web).Flags(TcpFlags.Acknowledgment));

        EngineEvent last = default;
        int heard = 0;
        while (box.Engine.Events.TryTake(out EngineEvent news))
        {
            last = news;
            heard++;
        }

        Assert.Equal(5, heard);
        Assert.Equal(ConnectionState.Established, last.Connection.State);
        Assert.Equal(0, box.Engine.Counters.EventsLost);
    }

    [Fact]
    public void A_SYN_on_the_ports_of_a_closed_connection_is_scheduled_anew()
    {
        TestBox box = WebBox(out VirtualService service, out _);
        box.AddServer(service, "10.1.0.12:8080", ForwardingMethod.Nat);
        SentFrame first = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        box.FromClient(PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment));
        box.FromClient(PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Reset));

        SentFrame second = Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));

        Assert.NotEqual(first.Destination, second.Destination);
    }

    private static void WritePseudoHeaderSum(byte[] packet, int field)
    {
        byte[] pseudo = new byte[12];
        packet.AsSpan(12, 8).CopyTo(pseudo);
        pseudo[9] = packet[9];
        BinaryPrimitives.WriteUInt16BigEndian(pseudo.AsSpan(10), (ushort)(packet.Length - 20));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(field), unchecked((ushort)~SlowChecksum.Of(pseudo)));
    }

    private static TestBox WebBox(
        out VirtualService service,
        out RealServer server,
        bool knowsNeighbours = true,
        int events = 1024)
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 1024, EventQueue = events },
            knowsNeighbours);
        service = box.AddService(TransportProtocol.Tcp, Web);
        server = box.AddServer(service, Server, ForwardingMethod.Nat);
        VirtualService datagrams = box.AddService(TransportProtocol.Udp, Web);
        box.AddServer(datagrams, Server, ForwardingMethod.Nat);
        return box;
    }
}

using System;
using System.Buffers.Binary;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>The way out: what is remembered of it, and when that is forgotten.</summary>
public class DepartureTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";

    [Fact]
    public void New_routes_hold_from_the_next_packet_on()
    {
        TestBox box = WebBox();
        Assert.Same(box.Inside, Assert.Single(box.FromClient(Syn())).Port);

        box.Command(new ReplaceRoutes(new(
        [
            new(new(IpAddress.FromIpv4(0), 0), TestBox.Address("10.254.0.2"), 1, 0),
        ])));
        SentFrame sent = Assert.Single(box.FromClient(Syn()));

        Assert.Same(box.Outside, sent.Port);
        Assert.Equal(TestBox.RouterMac, sent.Destination);
    }

    [Fact]
    public void Another_gateway_holds_from_the_next_reply_on()
    {
        TestBox box = WebBox();
        MacAddress other = new(0x02_00_00_00_00_FD);
        box.FromClient(Syn());
        Assert.Equal(TestBox.RouterMac, Assert.Single(box.FromServer(Reply())).Destination);

        box.Command(new NeighbourLearned(
            TestBox.OutsideIndex, TestBox.Address("10.254.0.1"), other));
        box.Command(new ReplaceRoutes(new(
        [
            new(new(IpAddress.FromIpv4(0), 0), TestBox.Address("10.254.0.1"), 1, 0),
            new(new(TestBox.Address("10.1.0.0"), 24), null, 2, 0),
        ])));

        Assert.Equal(other, Assert.Single(box.FromServer(Reply())).Destination);
    }

    [Fact]
    public void A_neighbour_that_moved_is_followed()
    {
        TestBox box = WebBox();
        box.FromClient(Syn());

        box.Command(new NeighbourLearned(
            TestBox.InsideIndex, TestBox.Address("10.1.0.11"), TestBox.ServerMac(77)));

        Assert.Equal(TestBox.ServerMac(77), Assert.Single(box.FromClient(Syn())).Destination);
    }

    [Fact]
    public void A_port_that_comes_again_is_used_again()
    {
        TestBox box = WebBox();
        box.FromClient(Syn());
        box.Command(new DetachPort(TestBox.InsideIndex));
        Assert.Empty(box.FromClient(Syn()));

        box.Command(new AttachPort(box.Inside));
        box.LearnNeighbours();

        Assert.Same(box.Inside, Assert.Single(box.FromClient(Syn())).Port);
    }

    /// <summary>With room for four, six servers take each other's places.</summary>
    [Fact]
    public void A_small_memory_of_neighbours_forgets_and_asks_again()
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 64, NeighbourCapacity = 4 },
            knowsNeighbours: false);
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        for (int number = 11; number <= 16; number++)
        {
            box.AddServer(service, $"10.1.0.{number}:80", ForwardingMethod.Nat);
        }

        int asked = 0;
        for (int port = 1001; port <= 1030; port++)
        {
            SentFrame[] sent = box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web));
            if (box.TakeWanted() is [IpAddress wanted])
            {
                Assert.Empty(sent);
                asked++;
                box.Command(new NeighbourLearned(
                    TestBox.InsideIndex,
                    wanted,
                    TestBox.ServerMac((int)(wanted.Ipv4 & 0xFF))));
                box.Turn();
                sent = box.TakeSent();
            }

            SentFrame only = Assert.Single(sent);
            Assert.Equal(TestBox.ServerMac(only.Packet[19]), only.Destination);
        }

        Assert.InRange(asked, 7, 29);
        box.CheckConservation();
    }

    /// <summary>Packets that are looked up and never sent leave their neighbours unasked.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Neighbours_that_nothing_was_sent_to_make_room(bool portGoes)
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 64, NeighbourCapacity = 4 },
            knowsNeighbours: false);
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        for (int number = 11; number <= 19; number++)
        {
            box.AddServer(service, $"10.1.0.{number}:80", ForwardingMethod.Nat);
        }

        for (int port = 1001; port <= 1020; port++)
        {
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{port}", Web).TimeToLive(1));
        }

        if (portGoes)
        {
            box.Command(new DetachPort(TestBox.InsideIndex));
            box.Command(new AttachPort(box.Inside));
            box.Turn();
        }

        for (int round = 0; round < 5; round++)
        {
            for (int number = 11; number <= 19; number++)
            {
                IpAddress server = TestBox.Address($"10.1.0.{number}");
                box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{990 + number}", Web));
                box.Command(new NeighbourLearned(
                    TestBox.InsideIndex, server, TestBox.ServerMac(number)));
                box.Turn();
                foreach (SentFrame sent in box.TakeSent())
                {
                    Assert.Equal(TestBox.ServerMac(sent.Packet[19]), sent.Destination);
                }
            }
        }
    }

    [Fact]
    public void A_gateway_that_found_no_room_once_is_looked_up_again()
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 64, NeighbourCapacity = 2 },
            knowsNeighbours: false);
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.Nat);
        box.AddServer(service, "10.1.0.12:8080", ForwardingMethod.Nat);
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:40001", Web));
        box.FromClient(PacketBuilder.Tcp("10.0.0.1:40002", Web));
        Assert.Equal(2, box.OutsideCounters.Waiting);
        byte[] reply = PacketBuilder.Tcp("10.1.0.11:8080", "10.0.0.1:40001")
            .Flags(TcpFlags.Acknowledgment).Build();
        byte[] other = PacketBuilder.Tcp("10.1.0.11:8080", "10.0.0.1:40002")
            .Flags(TcpFlags.Acknowledgment).Build();
        box.FromServer(reply);
        box.FromServer(other);
        Assert.Equal(0, box.InsideCounters.Waiting);

        for (int number = 11; number <= 12; number++)
        {
            box.Command(new NeighbourLearned(
                TestBox.InsideIndex,
                TestBox.Address($"10.1.0.{number}"),
                TestBox.ServerMac(number)));
        }

        box.FromServer(reply);
        box.FromServer(other);

        // One is a reply, the other goes on as it is: both by the gateway.
        Assert.Equal(2, box.InsideCounters.Waiting);
    }

    [Fact]
    public void Places_for_waiting_frames_are_used_again_after_they_were_sent()
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 64, WaitingFrames = 2 },
            knowsNeighbours: false);
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);

        for (int round = 0; round < 5; round++)
        {
            box.Now += TimeSpan.FromSeconds(2);
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{1000 + round}", Web));
            box.FromClient(PacketBuilder.Tcp($"10.0.0.1:{2000 + round}", Web));
            Assert.Equal(2, box.OutsideCounters.Waiting);
            box.Command(new NeighbourLearned(
                TestBox.InsideIndex, TestBox.Address("10.1.0.11"), TestBox.ServerMac(11)));
            box.Turn();
            Assert.Equal(2, box.TakeSent().Length);
            box.Command(new NeighbourFailed(
                TestBox.InsideIndex, TestBox.Address("10.1.0.11")));
            box.Turn();
        }

        Assert.Equal(0, box.OutsideCounters.Dropped);
    }

    [Fact]
    public void A_neighbour_that_failed_is_asked_for_again_after_a_second()
    {
        TestBox box = WebBox();
        box.Command(new NeighbourFailed(TestBox.InsideIndex, TestBox.Address("10.1.0.11")));
        box.FromClient(Syn());
        Assert.Empty(box.TakeWanted());

        box.Now += TimeSpan.FromSeconds(1);
        box.FromClient(Syn());

        Assert.Equal([TestBox.Address("10.1.0.11")], box.TakeWanted());
        Assert.Equal(1, box.OutsideCounters.Waiting);
    }

    /// <summary>RFC 768: a sum of zero is sent as all ones, since zero says "none".</summary>
    [Fact]
    public void A_datagram_whose_new_sum_is_zero_carries_all_ones()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Udp, "10.9.0.1:53");
        box.AddServer(service, "10.1.0.11:53", ForwardingMethod.Nat);

        // The last two octets make the sum of the packet to the server come out as zero.
        byte[] towardsServer =
            PacketBuilder.Udp(Client, "10.1.0.11:53").WithoutUdpChecksum().Payload(8).Build();
        towardsServer.AsSpan(34).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            towardsServer.AsSpan(34), SlowChecksum.OfTransport(towardsServer));
        byte[] packet =
            PacketBuilder.Udp(Client, "10.9.0.1:53").WithoutUdpChecksum().Payload(8).Build();
        towardsServer.AsSpan(34).CopyTo(packet.AsSpan(34));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(26), SlowChecksum.OfTransport(packet));

        SentFrame sent = Assert.Single(box.FromClient(packet));

        Assert.Equal(0xFFFF, BinaryPrimitives.ReadUInt16BigEndian(sent.Packet.AsSpan(26)));
        Assert.Null(SlowChecksum.FaultOf(sent.Packet));
    }

    [Fact]
    public void Offsets_of_unfinished_work_move_when_a_tag_is_taken_off()
    {
        TestBox box = WebBox();
        byte[] plain = Syn().Frame(TestBox.OutsideVirtual, TestBox.RouterMac);
        byte[] tagged = [.. plain[..12], 0x81, 0, 0xE0, 0, .. plain[12..]];

        SentFrame sent = Assert.Single(box.Send(
            box.Outside,
            tagged,
            new(
                ChecksumState.Unfinished,
                ChecksumStart: 38,
                ChecksumOffset: 16,
                SegmentationKind.TcpIpv4,
                SegmentLength: 1000,
                HeaderLength: 58)));

        Assert.Equal(
            new FrameOffload(
                ChecksumState.Unfinished,
                ChecksumStart: 34,
                ChecksumOffset: 16,
                SegmentationKind.TcpIpv4,
                SegmentLength: 1000,
                HeaderLength: 54),
            sent.Offload);
    }

    [Fact]
    public void A_server_without_a_port_gets_the_clients_choice()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:0", ForwardingMethod.Nat);

        SentFrame sent = Assert.Single(box.FromClient(Syn()));

        Assert.Equal(80, BinaryPrimitives.ReadUInt16BigEndian(sent.Packet.AsSpan(22)));
        Assert.Null(SlowChecksum.FaultOf(sent.Packet));
    }

    [Fact]
    public void A_burst_of_errors_larger_than_the_scratch_leaves_whole()
    {
        TestBox box = new(
            new EngineOptions { ConnectionCapacity = 16, AnswersPerSecond = 1_000_000 },
            slots: 1024,
            slotLength: 2048);
        byte[] frame = PacketBuilder.Udp(Client, "10.9.0.1:54").Payload(1400)
            .Frame(TestBox.OutsideVirtual, TestBox.RouterMac);
        for (int index = 0; index < 1000; index++)
        {
            Assert.True(box.Outside.Deliver(frame));
        }

        box.Turn();

        // 1,000 errors of 590 octets are more than the scratch's 256 KiB.
        SentFrame[] sent = box.TakeSent();
        Assert.Equal(1000, sent.Length);
        Assert.All(sent, error => Assert.Null(SlowChecksum.FaultOf(error.Packet)));
    }

    private static PacketBuilder Syn() => PacketBuilder.Tcp(Client, Web);

    private static PacketBuilder Reply() => PacketBuilder.Tcp("10.1.0.11:8080", Client)
        .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment);

    private static TestBox WebBox()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.Nat);
        return box;
    }
}

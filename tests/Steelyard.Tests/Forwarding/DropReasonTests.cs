using System;
using System.Linq;
using System.Reflection;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;
using static Steelyard.Tests.Forwarding.Dropping;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// One test for each reason: what is sent, that it is counted, and what is answered.
/// </summary>
public class DropReasonTests
{
    [Fact]
    public void Every_reason_has_a_test()
    {
        DropReason[] tested =
        [
            .. new[] { typeof(DropReasonTests), typeof(DropReasonOnwardTests) }
                .SelectMany(tests => tests.GetMethods())
                .SelectMany(method => method.GetCustomAttributes<DropsAttribute>())
                .Select(attribute => attribute.Reason),
        ];

        Assert.Equal(
            Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None),
            tested.Order());
    }

    [Fact]
    [Drops(DropReason.Unsettled)]
    public void Just_after_a_takeover_an_unknown_segment_is_dropped_and_not_reset()
    {
        TestBox box = WebBox(out _);
        PacketBuilder segment = PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment);
        box.Command(new HoldAddress(
            TestBox.OutsideIndex,
            TestBox.Address("10.9.0.1"),
            TestBox.OutsideVirtual,
            TimeSpan.FromSeconds(1)));

        SentFrame[] early = box.FromClient(segment);
        AssertDropped(box, DropReason.Unsettled, early);
        box.Now += TimeSpan.FromSeconds(1);
        SentFrame[] late = box.FromClient(segment);

        Assert.Single(late);
    }

    [Fact]
    [Drops(DropReason.RuntFrame)]
    public void A_frame_shorter_than_its_header_is_dropped()
    {
        TestBox box = new();

        SentFrame[] sent = box.Send(box.Outside, new byte[13]);

        AssertDropped(box, DropReason.RuntFrame, sent);
    }

    [Fact]
    [Drops(DropReason.UnknownEtherType)]
    public void A_frame_of_an_unknown_type_is_dropped()
    {
        TestBox box = new();

        SentFrame[] sent = box.Send(
            box.Outside,
            PacketBuilder.InFrame(
                new byte[46], TestBox.OutsideVirtual, TestBox.RouterMac, type: 0x88CC));

        AssertDropped(box, DropReason.UnknownEtherType, sent);
    }

    [Fact]
    [Drops(DropReason.MalformedIpv6)]
    public void An_IPv6_header_of_another_version_is_dropped()
    {
        TestBox box = new();

        SentFrame[] sent = box.Send(
            box.Outside,
            PacketBuilder.InFrame(
                new byte[40], TestBox.OutsideVirtual, TestBox.RouterMac, type: 0x86DD));

        AssertDropped(box, DropReason.MalformedIpv6, sent);
    }

    [Theory]
    [InlineData(0, 0x65)]
    [InlineData(0, 0x44)]
    [InlineData(0, 0x4F)]
    [InlineData(3, 0x13)]
    [InlineData(3, 0xFF)]
    [Drops(DropReason.MalformedIpv4)]
    public void A_header_whose_version_or_lengths_cannot_be_is_dropped(int offset, byte value)
    {
        TestBox box = WebBox(out _);
        byte[] packet = PacketBuilder.Tcp(Client, Web).Build();
        packet[offset] = value;

        SentFrame[] sent = box.FromClient(packet);

        AssertDropped(box, DropReason.MalformedIpv4, sent);
    }

    [Fact]
    [Drops(DropReason.BadHeaderChecksum)]
    public void A_packet_with_a_wrong_header_checksum_is_dropped()
    {
        TestBox box = WebBox(out _);
        byte[] packet = PacketBuilder.Tcp(Client, Web).Build();
        packet[8]--;

        SentFrame[] sent = box.FromClient(packet);

        AssertDropped(box, DropReason.BadHeaderChecksum, sent);
    }

    [Theory]
    [InlineData("127.0.0.1:40001")]
    [InlineData("0.0.0.1:40001")]
    [InlineData("224.0.0.1:40001")]
    [InlineData("255.255.255.255:40001")]
    [InlineData("10.9.0.1:80")]
    [Drops(DropReason.MartianSource)]
    public void A_source_that_cannot_be_or_is_our_own_is_dropped(string source)
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(source, Web));

        AssertDropped(box, DropReason.MartianSource, sent);
    }

    [Theory]
    [InlineData(131)]
    [InlineData(137)]
    [Drops(DropReason.SourceRouted)]
    public void A_source_routed_packet_is_dropped(byte option)
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Tcp(Client, Web).IpOptions(1, option, 7, 4, 10, 1, 0, 11));

        AssertDropped(box, DropReason.SourceRouted, sent);
    }

    [Fact]
    [Drops(DropReason.MalformedFragment)]
    public void A_fragment_with_more_to_come_that_is_no_multiple_of_eight_octets_is_dropped()
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Tcp(Client, Web).Payload(1).FragmentWord(0x2000));

        AssertDropped(box, DropReason.MalformedFragment, sent);
    }

    [Fact]
    [Drops(DropReason.FragmentOverlap)]
    public void Fragments_that_overlap_are_dropped()
    {
        TestBox box = WebBox(out _);
        box.FromClient(PacketBuilder.Tcp(Client, Web).Payload(12).FragmentWord(0x2000));

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Tcp(Client, Web).Payload(12).FragmentWord(0x2001));

        Assert.Empty(sent);
        Assert.Equal(1, box.OutsideCounters[DropReason.FragmentOverlap]);
        box.CheckConservation();
    }

    [Theory]
    [InlineData(6, 19)]
    [InlineData(17, 7)]
    [InlineData(1, 7)]
    [Drops(DropReason.MalformedTransport)]
    public void A_transport_header_cut_short_is_dropped(byte protocol, int length)
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Other(protocol, "10.0.0.1", "10.9.0.1", new byte[length]));

        AssertDropped(box, DropReason.MalformedTransport, sent);
    }

    [Fact]
    [Drops(DropReason.BadTransportChecksum)]
    public void What_would_be_answered_is_dropped_when_its_checksum_is_wrong()
    {
        TestBox box = new();
        byte[] packet = PacketBuilder.EchoRequest("10.0.0.1", "10.9.0.1").Build();
        packet[^1] ^= 1;

        SentFrame[] sent = box.FromClient(packet);

        AssertDropped(box, DropReason.BadTransportChecksum, sent);
    }

    [Fact]
    [Drops(DropReason.UnknownProtocol)]
    public void A_protocol_that_nobody_speaks_is_refused()
    {
        TestBox box = new();

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Other(47, "10.0.0.1", "10.9.0.1", new byte[20]));

        AssertDropped(box, DropReason.UnknownProtocol, sent, answer: "icmp 3/2");
    }

    [Theory]
    [InlineData(6)]
    [InlineData(17)]
    [InlineData(1)]
    [InlineData(47)]
    [Drops(DropReason.NotRouted)]
    public void What_is_neither_for_us_nor_of_a_connection_is_dropped(byte protocol)
    {
        TestBox box = WebBox(out _);
        PacketBuilder packet = protocol switch
        {
            6 => PacketBuilder.Tcp("10.1.0.30:8080", Client),
            17 => PacketBuilder.Udp("10.1.0.30:8080", Client),
            1 => PacketBuilder.EchoRequest("10.1.0.30", "10.0.0.1"),
            _ => PacketBuilder.Other(protocol, "10.1.0.30", "10.0.0.1", new byte[20]),
        };

        SentFrame[] sent = box.FromServer(packet);

        AssertDropped(box, DropReason.NotRouted, sent, inside: true);
    }

    [Fact]
    [Drops(DropReason.NoService)]
    public void A_port_without_a_service_answers_as_a_host_does()
    {
        TestBox box = WebBox(out _);

        SentFrame[] syn = box.FromClient(PacketBuilder.Tcp(Client, "10.9.0.1:81"));
        SentFrame[] datagram = box.FromClient(PacketBuilder.Udp(Client, "10.9.0.1:81"));

        AssertDropped(box, DropReason.NoService, syn, answer: "tcp RA", count: 2);
        AssertDropped(box, DropReason.NoService, datagram, answer: "icmp 3/3", count: 2);
    }

    [Theory]
    [InlineData(TcpFlags.Acknowledgment, "tcp R")]
    [InlineData(TcpFlags.Fin | TcpFlags.Acknowledgment, "tcp R")]
    [InlineData(TcpFlags.Fin, "tcp RA")]
    [InlineData(TcpFlags.Reset, null)]
    [InlineData(TcpFlags.Syn | TcpFlags.Reset, null)]
    [Drops(DropReason.NoConnection)]
    public void A_segment_that_opens_nothing_is_reset(TcpFlags flags, string? answer)
    {
        TestBox box = WebBox(out _);

        SentFrame[] sent = box.FromClient(PacketBuilder.Tcp(Client, Web).Flags(flags));

        AssertDropped(box, DropReason.NoConnection, sent, answer);
    }
}

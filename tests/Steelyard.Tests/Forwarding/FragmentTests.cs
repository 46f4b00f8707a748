using System;
using System.Buffers.Binary;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding.Reassembly;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Datagrams in fragments reach their servers, whatever the order; RFC 791 §3.2. The cutting and
/// the putting together here are done by hand.
/// </summary>
public sealed class FragmentTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Dns = "10.9.0.1:53";

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    public void A_datagram_in_fragments_reaches_its_server_by_translation(
        int first, int second, int third)
    {
        TestBox box = DnsBox();
        byte[] whole = PacketBuilder.Udp(Client, Dns).Payload(2400).MayBeCut().Build();
        byte[][] fragments = Cut(whole, 1000);

        Assert.Empty(box.FromClient(fragments[first]));
        Assert.Empty(box.FromClient(fragments[second]));
        SentFrame[] sent = box.FromClient(fragments[third]);

        byte[] arrived = PutTogether(sent);
        Assert.Equal(IpAddress.Parse("10.1.0.11"), IpAddress.ReadIpv4(arrived.AsSpan(16)));
        Assert.Equal(0, SlowChecksum.OfTransport(arrived));
        Assert.Equal(whole[28..], arrived[28..]);
        Assert.All(sent, frame => Assert.True(frame.Packet.Length <= 1020));
        Assert.Equal(2, box.OutsideCounters.Gathered);
        Assert.Equal(1, box.OutsideCounters.Cut);
        box.CheckConservation();
    }

    [Fact]
    public void Fragments_that_never_become_whole_are_given_up()
    {
        TestBox box = DnsBox();
        byte[] whole = PacketBuilder.Udp(Client, Dns).Payload(2400).MayBeCut().Build();
        byte[][] fragments = Cut(whole, 1000);
        box.FromClient(fragments[0]);
        box.FromClient(fragments[1]);

        box.Now += TimeSpan.FromSeconds(31);
        box.Turn();

        Assert.Empty(box.FromClient(fragments[2]));
    }

    /// <summary>Linux has no least size either: 260, 260 and 48 octets came out so.</summary>
    [Fact]
    public void Fragments_that_may_be_cut_go_on_as_small_as_they_came()
    {
        TestBox box = DnsBox();
        byte[] whole = PacketBuilder.Udp(Client, Dns).Payload(500).MayBeCut().Build();

        SentFrame[] sent = [.. Cut(whole, 240).SelectMany(part => box.FromClient(part))];

        Assert.Equal([260, 260, 48], sent.Select(frame => frame.Packet.Length));
        Assert.Equal(whole[28..], PutTogether(sent)[28..]);
    }

    /// <summary>RFC 1191 §5: whoever says that a packet must not be cut learns what the way takes;
    /// as Linux has it, its fragments go on as they are where they fit.</summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(400)]
    public void Fragments_that_must_not_be_cut_go_on_no_larger_and_still_say_so(int step)
    {
        TestBox box = DnsBox();
        byte[] whole = PacketBuilder.Udp(Client, Dns).Payload(2400).Build();

        SentFrame[] sent = [.. Cut(whole, step).SelectMany(part => box.FromClient(part))];

        Assert.Equal(Cut(whole, step).Length, sent.Length);
        Assert.All(sent, frame => Assert.Equal(box.Inside, frame.Port));
        Assert.All(sent, frame => Assert.True(frame.Packet.Length <= step + 20));
        Assert.All(sent, frame => Assert.Equal(0x40, frame.Packet[6] & 0x40));
        Assert.Equal(whole[28..], PutTogether(sent)[28..]);
        box.CheckConservation();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fragments_too_large_for_a_link_are_cut_only_if_their_sender_allows_it(bool allows)
    {
        TestBox box = DnsBox();
        PacketBuilder packet = PacketBuilder.Udp(Client, Dns).Payload(2400);
        byte[] whole = (allows ? packet.MayBeCut() : packet).Build();

        SentFrame[] sent = [.. Cut(whole, 1600).SelectMany(part => box.FromClient(part))];

        if (allows)
        {
            Assert.Equal(whole[28..], PutTogether(sent)[28..]);
            Assert.All(sent, frame => Assert.True(frame.Packet.Length <= 1500));
            return;
        }

        // Destination unreachable, fragmentation needed, 1,500 octets.
        byte[] error = Assert.Single(sent).Packet;
        Assert.Equal([3, 4], error[20..22]);
        Assert.Equal(1500, BinaryPrimitives.ReadUInt16BigEndian(error.AsSpan(26)));
        Assert.Equal(1, box.OutsideCounters[DropReason.PacketTooBig]);
        box.CheckConservation();
    }

    /// <summary>Nobody but the sender cuts in IPv6. RFC 8200 §5.</summary>
    [Theory]
    [InlineData(1400, 1)]
    [InlineData(1600, 0)]
    public void IPv6_fragments_go_on_where_they_fit_and_their_sender_hears_where_not(
        int step, int opened)
    {
        TestBox box = DnsBox();
        Endpoint dns = TestBox.At("[2001:db8:1::2]:53");
        box.Command(new HoldAddress(TestBox.OutsideIndex, dns.Address, TestBox.OutsideVirtual));
        box.Command(new ReplaceRoutes(new RouteTable(
        [
            new(new(TestBox.Address("fd00::"), 64), null, TestBox.InsideIndex, 0),
        ])));
        box.Command(new NeighbourLearned(
            TestBox.InsideIndex, TestBox.Address("fd00::11"), TestBox.ServerMac(11)));
        VirtualService service = box.AddService(TransportProtocol.Udp, dns.ToString());
        box.AddServer(service, "[fd00::11]:53", ForwardingMethod.Direct);
        byte[] datagram = new byte[2400];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, 40001);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), 53);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), 2400);

        SentFrame[] sent =
        [
            .. Cutting.Ipv6Pieces([], 17, datagram, 1, step)
                .SelectMany(piece => box.Send(box.Outside, InIpv6Frame(piece))),
        ];

        Assert.Equal(2 * opened, sent.Count(frame => frame.Port == box.Inside));
        Assert.Equal(1 - opened, box.OutsideCounters[DropReason.PacketTooBig]);
        box.CheckConservation();
    }

    private static byte[] InIpv6Frame(byte[] packet)
    {
        byte[] frame = new byte[14 + packet.Length];
        EthernetFrame.Write(frame, TestBox.OutsideVirtual, TestBox.RouterMac, EtherType.Ipv6);
        packet.CopyTo(frame, 14);
        return frame;
    }

    private static TestBox DnsBox()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Udp, Dns);
        box.AddServer(service, "10.1.0.11:5353", ForwardingMethod.Nat);
        return box;
    }

    /// <summary>Fragments with so many octets of payload each.</summary>
    private static byte[][] Cut(byte[] packet, int step)
    {
        int count = (packet.Length - 20 + step - 1) / step;
        return [.. Enumerable.Range(0, count).Select(index => Part(packet, index, step))];
    }

    private static byte[] Part(byte[] packet, int index, int step)
    {
        int start = 20 + (index * step);
        int end = Math.Min(start + step, packet.Length);
        byte[] part = [.. packet[..20], .. packet[start..end]];
        int more = (end < packet.Length ? 0x2000 : 0) | ((packet[6] & 0x40) << 8);
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(2), (ushort)part.Length);
        BinaryPrimitives.WriteUInt16BigEndian(
            part.AsSpan(6), (ushort)(more | (index * step / 8)));
        part.AsSpan(10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(
            part.AsSpan(10), SlowChecksum.Of(part.AsSpan(0, 20)));
        return part;
    }

    private static byte[] PutTogether(SentFrame[] sent)
    {
        byte[][] parts = [.. sent.Select(frame => frame.Packet)];
        Assert.All(parts, part => Assert.Equal(0, SlowChecksum.Of(part.AsSpan(0, 20))));
        byte[] whole =
        [
            .. parts[0][..20],
            .. parts
                .OrderBy(part => BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(6)) & 0x1FFF)
                .SelectMany(part => part[20..]),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(2), (ushort)whole.Length);
        return whole;
    }
}

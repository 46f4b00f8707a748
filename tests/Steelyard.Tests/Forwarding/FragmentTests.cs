using System;
using System.Buffers.Binary;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
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
        int more = end < packet.Length ? 0x2000 : 0;
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

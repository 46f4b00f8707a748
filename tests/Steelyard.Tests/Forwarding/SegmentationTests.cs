using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Steelyard.Core.Forwarding;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>The cut of super-frames against one that is made octet by octet.</summary>
public sealed class SegmentationTests
{
    private const byte Fin = 0x01;
    private const byte Push = 0x08;
    private const byte Reduced = 0x80;

    [Theory]
    [InlineData(3000, 1400, 3)]
    [InlineData(2800, 1400, 2)]
    [InlineData(2801, 1400, 3)]
    [InlineData(1400, 1400, 1)]
    [InlineData(10, 1400, 1)]
    [InlineData(0, 1400, 1)]
    [InlineData(3000, 0, 1)]
    [InlineData(3, 1, 3)]
    public void There_are_as_many_as_the_payload_fills(int payload, int length, int expected)
    {
        byte[] packet = Packet(false, false, 0, payload, 0x10);

        Assert.True(Segmentation.TryPlan(
            packet, Offload(false, false, length), out Segmentation cut));
        Assert.Equal(expected, cut.Count);
        Assert.Equal(40 + (expected == 1 ? payload : length), cut.LengthOf(0));
        int sum = 0;
        for (int index = 0; index < cut.Count; index++)
        {
            sum += cut.LengthOf(index) - 40;
        }

        Assert.Equal(payload, sum);
    }

    [Fact]
    public void Every_segment_is_as_the_slow_cut_has_it() =>
        Gen.Select(
            Gen.Bool,
            Gen.Bool,
            Gen.Int[0, 8],
            Gen.Int[1, 20_000],
            Gen.Int[1, 3_000],
            Gen.Byte,
            Gen.UInt)
        .Sample(
            (isIpv6, isUdp, options, payload, length, flags, number) =>
            {
                byte[] packet = Packet(isIpv6, isUdp, options, payload, flags, number);
                byte[][] expected = [.. SlowCut(packet, isIpv6, isUdp, length)];

                byte[][] made = Cut(packet, Offload(isIpv6, isUdp, length));

                Assert.Equal(expected.Length, made.Length);
                for (int index = 0; index < made.Length; index++)
                {
                    Assert.Equal(expected[index], made[index]);
                }
            },
            iter: 400);

    [Fact]
    public void What_ends_the_data_is_said_last_and_the_answer_to_congestion_first()
    {
        byte[] packet = Packet(false, false, 0, 300, Fin | Push | Reduced | 0x10);

        byte[][] made = Cut(packet, Offload(false, false, 100));

        Assert.Equal([Reduced | 0x10, 0x10, Fin | Push | 0x10], made.Select(one => (int)one[33]));
    }

    [Fact]
    public void The_sequence_number_and_the_identification_wrap()
    {
        byte[] packet = Packet(false, false, 0, 300, 0x10, uint.MaxValue);

        byte[][] made = Cut(packet, Offload(false, false, 100));

        Assert.Equal(
            [uint.MaxValue, 99u, 199u],
            made.Select(one => BinaryPrimitives.ReadUInt32BigEndian(one.AsSpan(24))));
        Assert.Equal(
            [ushort.MaxValue, 0, 1],
            made.Select(one => (int)BinaryPrimitives.ReadUInt16BigEndian(one.AsSpan(4))));
    }

    [Fact]
    [Rfc("768")]
    public void Datagrams_without_a_checksum_stay_without()
    {
        byte[] packet = Packet(false, true, 0, 300, 0);
        packet[26] = 0;
        packet[27] = 0;

        Assert.All(
            Cut(packet, Offload(false, true, 100)),
            one => Assert.Equal([0, 0], one[26..28]));
    }

    [Theory]
    [InlineData(SegmentationKind.UdpFragments, true)]
    [InlineData(SegmentationKind.TcpIpv4, true)]
    [InlineData(SegmentationKind.UdpSegments, false)]
    public void A_cut_of_another_kind_is_not_made(SegmentationKind kind, bool isUdp)
    {
        byte[] packet = Packet(false, isUdp, 0, 300, 0x10);
        FrameOffload offload = new(Segmentation: kind, SegmentLength: 100);

        Assert.False(Segmentation.TryPlan(packet, offload, out _));
    }

    [Fact]
    public void What_is_no_packet_is_not_cut()
    {
        byte[] packet = Packet(false, false, 0, 300, 0x10);
        FrameOffload offload = Offload(false, false, 100);

        Assert.False(Segmentation.TryPlan(packet.AsSpan(0, 100), offload, out _));
        packet[32] = 0xF0;
        packet[3] = 50;
        packet[2] = 0;
        Assert.False(Segmentation.TryPlan(packet, offload, out _));
        Assert.False(Segmentation.TryPlan([], offload, out _));
    }

    [Fact]
    public void Cutting_allocates_nothing()
    {
        byte[] packet = Packet(true, false, 8, 20_000, 0x18);
        byte[] room = new byte[2000];
        FrameOffload offload = Offload(true, false, 1400);

        long allocated = Allocation.LeastOf(() =>
        {
            Segmentation.TryPlan(packet, offload, out Segmentation cut);
            for (int index = 0; index < cut.Count; index++)
            {
                cut.Write(index, room.AsSpan(0, cut.LengthOf(index)));
            }
        });

        Assert.Equal(0, allocated);
    }

    private static FrameOffload Offload(bool isIpv6, bool isUdp, int length) => new(
        ChecksumState.Unfinished,
        Segmentation: isUdp ? SegmentationKind.UdpSegments
            : isIpv6 ? SegmentationKind.TcpIpv6
            : SegmentationKind.TcpIpv4,
        SegmentLength: (ushort)length);

    private static byte[][] Cut(byte[] packet, FrameOffload offload)
    {
        Assert.True(Segmentation.TryPlan(packet, offload, out Segmentation cut));
        byte[][] made = new byte[cut.Count][];
        for (int index = 0; index < made.Length; index++)
        {
            made[index] = new byte[cut.LengthOf(index)];
            Array.Fill(made[index], PacketBuilder.Fill);
            cut.Write(index, made[index]);
        }

        return made;
    }

    /// <summary>A super-packet by hand; its checksums are of no meaning.</summary>
    private static byte[] Packet(
        bool isIpv6, bool isUdp, int options, int payload, byte flags, uint number = 7)
    {
        byte[] network = isIpv6 ? new byte[40] : new byte[20];
        for (int index = 0; index < network.Length; index++)
        {
            network[index] = (byte)(index + 1);
        }

        byte[] transport = new byte[isUdp ? 8 : 20 + (options * 4)];
        Array.Fill(transport, (byte)0x5A);
        int length = transport.Length + payload;
        if (isIpv6)
        {
            network[0] = 0x60;
            network[6] = (byte)(isUdp ? 17 : 6);
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(4), (ushort)length);
        }
        else
        {
            network[0] = 0x45;
            network[6] = 0x40;
            network[7] = 0;
            network[9] = (byte)(isUdp ? 17 : 6);
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(2), (ushort)(length + 20));
            BinaryPrimitives.WriteUInt16BigEndian(network.AsSpan(4), (ushort)(number & 0xFFFF));
        }

        if (!isUdp)
        {
            BinaryPrimitives.WriteUInt32BigEndian(transport.AsSpan(4), number);
            transport[12] = (byte)((transport.Length / 4) << 4);
            transport[13] = flags;
        }

        byte[] data = new byte[payload];
        for (int index = 0; index < payload; index++)
        {
            data[index] = unchecked((byte)((index * 31) + (index >> 7)));
        }

        return [.. network, .. transport, .. data];
    }

    private static IEnumerable<byte[]> SlowCut(byte[] packet, bool isIpv6, bool isUdp, int length)
    {
        int network = isIpv6 ? 40 : 20;
        int headers = network + (isUdp ? 8 : packet[network + 12] / 16 * 4);
        for (int start = headers; start < packet.Length; start += length)
        {
            int end = Math.Min(start + length, packet.Length);
            byte[] one = [.. packet[..headers], .. packet[start..end]];
            Put(one, isIpv6 ? 4 : 2, isIpv6 ? one.Length - 40 : one.Length);
            if (!isIpv6)
            {
                Put(one, 4, (one[4] * 256) + one[5] + ((start - headers) / length));
                Put(one, 10, 0);
                Put(one, 10, SlowChecksum.Of(one.AsSpan(0, 20)));
            }

            if (isUdp)
            {
                Put(one, network + 4, one.Length - network);
            }
            else
            {
                SlowTcp(one, network, start - headers, isLast: end == packet.Length);
            }

            int field = network + (isUdp ? 6 : 16);
            Put(one, field, 0);
            long sum = packet[isIpv6 ? 6 : 9] + one.Length - network;
            for (int index = isIpv6 ? 8 : 12; index < network; index += 2)
            {
                sum += (one[index] * 256) + one[index + 1];
            }

            ushort check = SlowChecksum.Of(one.AsSpan(network), sum);
            Put(one, field, isUdp && check == 0 ? 0xFFFF : check);
            yield return one;
        }
    }

    private static void SlowTcp(byte[] one, int network, int offset, bool isLast)
    {
        long sequence = BinaryPrimitives.ReadUInt32BigEndian(one.AsSpan(network + 4));
        sequence = (sequence + offset) % 0x1_0000_0000;
        Put(one, network + 4, (int)(sequence / 0x10000));
        Put(one, network + 6, (int)(sequence % 0x10000));
        int flags = one[network + 13];
        flags -= !isLast && (flags & Fin) != 0 ? Fin : 0;
        flags -= !isLast && (flags & Push) != 0 ? Push : 0;
        flags -= offset > 0 && (flags & Reduced) != 0 ? Reduced : 0;
        one[network + 13] = (byte)flags;
    }

    private static void Put(byte[] octets, int offset, int value)
    {
        octets[offset] = (byte)(value / 256 % 256);
        octets[offset + 1] = (byte)(value % 256);
    }
}

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Steelyard.Core.Forwarding;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>
/// What travels beside a frame comes out as it went in, over a wire whose both ends can carry
/// super-frames. With a tag, every offset the kernel is given must be shifted by its four octets;
/// what arrives tells whether it was.
/// </summary>
public sealed class OffloadTests
{
    private const ushort Ipv4 = 0x0800;
    private const ushort Ipv6 = 0x86DD;
    private const int EthernetLength = 14;
    private const int TcpLength = 32;
    private const int UdpLength = 8;
    private const ushort TcpChecksumOffset = 16;
    private const ushort UdpChecksumOffset = 6;
    private const ushort SegmentLength = 1400;

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame, false, 900)]
    [InlineData(ReceiveRing.PerFrame, true, 900)]
    [InlineData(ReceiveRing.PerFrame, false, 40_000)]
    [InlineData(ReceiveRing.PerFrame, true, 40_000)]
    [InlineData(ReceiveRing.Blocks, false, 900)]
    [InlineData(ReceiveRing.Blocks, true, 40_000)]
    public void Everything_beside_the_frame_is_kept(ReceiveRing ring, bool hasTag, int payload)
    {
        using Wire wire = new();
        using AfPacketPort near = wire.OpenNear();
        using AfPacketPort far = wire.OpenFar(new() { Ring = ring, AcceptsAllStations = true });
        List<(byte[] Bytes, FrameOffload Offload)> sent = [];
        bool isLong = payload > SegmentLength;
        foreach (bool isIpv6 in new[] { false, true })
        {
            foreach (byte protocol in new byte[] { 6, 17 })
            {
                sent.Add(Make(isIpv6, protocol, payload, hasTag, isLong, false));
            }
        }

        sent.Add(Make(false, 6, payload, hasTag, isLong, isLong));

        foreach ((byte[] bytes, FrameOffload offload) in sent)
        {
            Wire.Send(near, bytes, offload);
        }

        List<(byte[] Bytes, FrameOffload Offload)> got =
            Wire.Collect(far, sent.Count, Wire.Patience);
        Assert.Equal(0, near.Counters.TransmitRefused);
        Assert.Equal(sent.Count, got.Count);
        for (int index = 0; index < sent.Count; index++)
        {
            Assert.Equal(sent[index].Offload, got[index].Offload);
            Assert.Equal(sent[index].Bytes, got[index].Bytes);
        }
    }

    private static (byte[] Bytes, FrameOffload Offload) Make(
        bool isIpv6, byte protocol, int payload, bool hasTag, bool isLong, bool isCongested)
    {
        bool isTcp = protocol == 6;
        int ipLength = isIpv6 ? 40 : 20;
        int start = EthernetLength + ipLength;
        int headers = start + (isTcp ? TcpLength : UdpLength);
        byte[] frame = Wire.FrameOf(
            Wire.FarAddress, Wire.NearAddress, isIpv6 ? Ipv6 : Ipv4, headers + payload);
        Span<byte> packet = frame.AsSpan(EthernetLength);
        packet[..(headers - EthernetLength)].Clear();
        WriteIp(packet, isIpv6, protocol);
        Span<byte> transport = frame.AsSpan(start);
        if (isTcp)
        {
            transport[12] = TcpLength / 4 << 4;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(
                transport[4..], (ushort)(UdpLength + payload));
        }

        SegmentationKind kind = !isTcp ? SegmentationKind.UdpSegments
            : isIpv6 ? SegmentationKind.TcpIpv6 : SegmentationKind.TcpIpv4;
        return (frame, new(
            ChecksumState.Unfinished,
            (ushort)start,
            isTcp ? TcpChecksumOffset : UdpChecksumOffset,
            isLong ? kind : SegmentationKind.None,
            isCongested,
            isLong ? SegmentLength : (ushort)0,
            isLong ? (ushort)headers : (ushort)0,
            hasTag ? (ushort)0x2064 : (ushort)0,
            hasTag));
    }

    private static void WriteIp(Span<byte> packet, bool isIpv6, byte protocol)
    {
        if (isIpv6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)(packet.Length - 40));
            packet[6] = protocol;
            packet[7] = 64;
            return;
        }

        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = protocol;
    }
}

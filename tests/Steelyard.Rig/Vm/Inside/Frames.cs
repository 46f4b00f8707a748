using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>What clients and servers of the comparison send: no options, DF, TTL 64.</summary>
internal static class Frames
{
    internal const byte TcpProtocol = 6;
    internal const byte UdpProtocol = 17;
    private const int IpHeaderLength = 20;
    private const int TcpHeaderLength = 20;
    private const int UdpHeaderLength = 8;
    private const int TcpSumOffset = 16;
    private const int UdpSumOffset = 6;

    internal static byte[] Tcp(Endpoint from, Endpoint to, TcpFlags flags, int payloadBytes)
    {
        byte[] segment = new byte[TcpHeaderLength + payloadBytes];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), 1000);
        BinaryPrimitives.WriteUInt32BigEndian(
            segment.AsSpan(8), (flags & TcpFlags.Acknowledgment) != 0 ? 2000u : 0);
        segment[12] = TcpHeaderLength / 4 << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64240);
        segment.AsSpan(TcpHeaderLength).Fill((byte)'t');
        return Ip(TcpProtocol, from.Address, to.Address, segment, TcpSumOffset);
    }

    internal static byte[] Udp(Endpoint from, Endpoint to, int payloadBytes)
    {
        byte[] datagram = new byte[UdpHeaderLength + payloadBytes];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        datagram.AsSpan(UdpHeaderLength).Fill((byte)'u');
        return Ip(UdpProtocol, from.Address, to.Address, datagram, UdpSumOffset);
    }

    /// <summary>In a frame, which lies still in memory until it is sent.</summary>
    internal static byte[] InFrame(byte[] packet, MacAddress to, MacAddress from)
    {
        byte[] frame = GC.AllocateArray<byte>(
            EthernetFrame.HeaderLength + packet.Length, pinned: true);
        to.Write(frame);
        from.Write(frame.AsSpan(MacAddress.Length));
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.AsSpan(2 * MacAddress.Length), (ushort)EtherType.Ipv4);
        packet.CopyTo(frame, EthernetFrame.HeaderLength);
        return frame;
    }

    private static byte[] Ip(
        byte protocol, IpAddress from, IpAddress to, byte[] body, int sumOffset)
    {
        byte[] packet = new byte[IpHeaderLength + body.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), 0x4000);
        packet[8] = 64;
        packet[9] = protocol;
        from.Write(packet.AsSpan(12));
        to.Write(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10),
            InternetChecksum.Finish(InternetChecksum.Sum(packet.AsSpan(0, IpHeaderLength))));
        ushort sum = InternetChecksum.Finish(InternetChecksum.Sum(
            body,
            InternetChecksum.PseudoHeader(from.Ipv4, to.Ipv4, protocol, body.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(
            body.AsSpan(sumOffset), protocol == UdpProtocol && sum == 0 ? ushort.MaxValue : sum);
        body.CopyTo(packet, IpHeaderLength);
        return packet;
    }
}

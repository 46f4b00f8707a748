using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Packets as the recordings' driver sent them: no options of IP or TCP, DF set, TTL 64, TOS 0,
/// correct checksums.
/// </summary>
internal static class GoldenPacket
{
    public const byte TcpProtocol = 6;
    public const byte UdpProtocol = 17;

    private const int TcpHeaderLength = 20;
    private const int UdpHeaderLength = 8;

    public static byte[] Tcp(
        Endpoint source, Endpoint destination, TcpFlags flags, int payloadLength)
    {
        byte[] segment = new byte[TcpHeaderLength + payloadLength];
        BinaryPrimitives.WriteUInt16BigEndian(segment, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), 1000);
        bool acknowledges = (flags & TcpFlags.Acknowledgment) != 0;
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledges ? 2000u : 0);
        segment[12] = TcpHeaderLength / 4 << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64240);
        Letters(segment.AsSpan(TcpHeaderLength));
        return InIp(TcpProtocol, source.Address, destination.Address, segment, 16);
    }

    public static byte[] Udp(Endpoint source, Endpoint destination, ReadOnlySpan<byte> payload)
    {
        byte[] datagram = new byte[UdpHeaderLength + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(UdpHeaderLength));
        return InIp(UdpProtocol, source.Address, destination.Address, datagram, 6);
    }

    /// <summary>So many bytes of payload.</summary>
    public static byte[] Payload(int length)
    {
        byte[] payload = new byte[length];
        Letters(payload);
        return payload;
    }

    private static void Letters(Span<byte> payload)
    {
        for (int index = 0; index < payload.Length; index++)
        {
            payload[index] = (byte)('a' + (index % 26));
        }
    }

    private static byte[] InIp(
        byte protocol, IpAddress source, IpAddress destination, byte[] body, int sumOffset)
    {
        byte[] packet = source.IsIpv4
            ? Ipv4Header(protocol, source, destination, body.Length)
            : Ipv6Header(protocol, source, destination, body.Length);
        int headerLength = packet.Length - body.Length;
        body.CopyTo(packet, headerLength);
        ushort sum = PacketSums.OfTransport(packet);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(headerLength + sumOffset),
            sum == 0 && protocol == UdpProtocol ? ushort.MaxValue : sum);
        return packet;
    }

    private static byte[] Ipv4Header(
        byte protocol, IpAddress source, IpAddress destination, int bodyLength)
    {
        byte[] packet = new byte[20 + bodyLength];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), 0x4000);
        packet[8] = 64;
        packet[9] = protocol;
        source.Write(packet.AsSpan(12));
        destination.Write(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10), SlowChecksum.Of(packet.AsSpan(0, 20)));
        return packet;
    }

    private static byte[] Ipv6Header(
        byte protocol, IpAddress source, IpAddress destination, int bodyLength)
    {
        byte[] packet = new byte[40 + bodyLength];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)bodyLength);
        packet[6] = protocol;
        packet[7] = 64;
        source.Write(packet.AsSpan(8));
        destination.Write(packet.AsSpan(24));
        return packet;
    }
}

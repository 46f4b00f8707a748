using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>What clients and servers of the comparison send: no options, DF, TTL 64.</summary>
internal static class Frames
{
    private const byte TimeToLive = 64;
    private const int IpHeaderLength = 20;
    private const int TcpHeaderLength = 20;
    private const int UdpHeaderLength = 8;
    private const int SctpHeaderLength = 12;
    private const int ChunkHeaderLength = 16;
    private const int IcmpHeaderLength = 8;
    private const int TcpSumOffset = 16;
    private const int UdpSumOffset = 6;
    private const int SctpSumOffset = 8;
    private const int IcmpSumOffset = 2;

    /// <summary>Castagnoli's polynomial, its bits turned round. RFC 9260 appendix A.</summary>
    private const uint Polynomial = 0x82F6_3B78;

    internal static byte[] Tcp(Endpoint from, Endpoint to, TcpFlags flags, int payloadBytes)
    {
        byte[] segment = new byte[TcpHeaderLength + payloadBytes];
        WritePorts(segment, from, to);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), 1000);
        BinaryPrimitives.WriteUInt32BigEndian(
            segment.AsSpan(8), (flags & TcpFlags.Acknowledgment) != 0 ? 2000u : 0);
        segment[12] = TcpHeaderLength / 4 << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64240);
        segment.AsSpan(TcpHeaderLength).Fill((byte)'t');
        WriteSum(segment.AsSpan(TcpSumOffset), IpProtocol.Tcp, from.Address, to.Address, segment);
        return Ip(IpProtocol.Tcp, from.Address, to.Address, segment);
    }

    internal static byte[] Udp(Endpoint from, Endpoint to, int payloadBytes)
    {
        byte[] datagram = new byte[UdpHeaderLength + payloadBytes];
        WritePorts(datagram, from, to);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        datagram.AsSpan(UdpHeaderLength).Fill((byte)'u');
        WriteSum(datagram.AsSpan(UdpSumOffset), IpProtocol.Udp, from.Address, to.Address, datagram);
        return Ip(IpProtocol.Udp, from.Address, to.Address, datagram);
    }

    /// <summary>One chunk, as long as those of its kind with a fixed part are.</summary>
    internal static byte[] Sctp(Endpoint from, Endpoint to, SctpChunkType chunk, int payloadBytes)
    {
        int chunkLength = ChunkHeaderLength + payloadBytes;
        byte[] packet = new byte[SctpHeaderLength + ((chunkLength + 3) / 4 * 4)];
        WritePorts(packet, from, to);
        BinaryPrimitives.WriteUInt32BigEndian(
            packet.AsSpan(4), chunk == SctpChunkType.Init ? 0 : 0x5354_4C59u);
        packet[SctpHeaderLength] = (byte)chunk;
        packet[SctpHeaderLength + 1] = chunk == SctpChunkType.Data ? (byte)3 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(SctpHeaderLength + 2), (ushort)chunkLength);
        packet.AsSpan(SctpHeaderLength + ChunkHeaderLength, payloadBytes).Fill((byte)'s');
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(SctpSumOffset), SlowCheck(packet));
        return Ip(IpProtocol.Sctp, from.Address, to.Address, packet);
    }

    /// <summary>An error about a packet, which is quoted.</summary>
    /// <param name="rest">The second four octets: the MTU, where it is about that.</param>
    internal static byte[] Icmp(
        IpAddress from, IpAddress to, byte type, byte code, uint rest, ReadOnlySpan<byte> quoted)
    {
        byte[] message = new byte[IcmpHeaderLength + quoted.Length];
        message[0] = type;
        message[1] = code;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), rest);
        quoted.CopyTo(message.AsSpan(IcmpHeaderLength));
        IpProtocol protocol = from.IsIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6;
        WriteSum(message.AsSpan(IcmpSumOffset), protocol, from, to, message);
        return Ip(protocol, from, to, message);
    }

    /// <summary>In a frame, which lies still in memory until it is sent.</summary>
    internal static byte[] InFrame(byte[] packet, MacAddress to, MacAddress from)
    {
        byte[] frame = GC.AllocateArray<byte>(
            EthernetFrame.HeaderLength + packet.Length, pinned: true);
        to.Write(frame);
        from.Write(frame.AsSpan(MacAddress.Length));
        BinaryPrimitives.WriteUInt16BigEndian(
            frame.AsSpan(2 * MacAddress.Length),
            (ushort)(packet[0] >> 4 == 4 ? EtherType.Ipv4 : EtherType.Ipv6));
        packet.CopyTo(frame, EthernetFrame.HeaderLength);
        return frame;
    }

    private static void WritePorts(Span<byte> body, Endpoint from, Endpoint to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], to.Port);
    }

    private static void WriteSum(
        Span<byte> field, IpProtocol protocol, IpAddress from, IpAddress to, byte[] body)
    {
        uint start = protocol == IpProtocol.Icmp
            ? 0
            : InternetChecksum.PseudoHeader(from, to, (byte)protocol, body.Length);
        ushort sum = InternetChecksum.Finish(InternetChecksum.Sum(body, start));
        BinaryPrimitives.WriteUInt16BigEndian(
            field, protocol == IpProtocol.Udp && sum == 0 ? InternetChecksum.UdpZero : sum);
    }

    private static byte[] Ip(IpProtocol protocol, IpAddress from, IpAddress to, byte[] body)
    {
        if (!from.IsIpv4)
        {
            byte[] longer = new byte[Ipv6Packet.HeaderLength + body.Length];
            Ipv6Packet.Write(longer, protocol, TimeToLive, from, to);
            body.CopyTo(longer, Ipv6Packet.HeaderLength);
            return longer;
        }

        byte[] packet = new byte[IpHeaderLength + body.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), 0x4000);
        packet[8] = TimeToLive;
        packet[9] = (byte)protocol;
        from.Write(packet.AsSpan(12));
        to.Write(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10),
            InternetChecksum.Finish(InternetChecksum.Sum(packet.AsSpan(0, IpHeaderLength))));
        body.CopyTo(packet, IpHeaderLength);
        return packet;
    }

    private static uint SlowCheck(ReadOnlySpan<byte> octets)
    {
        uint register = uint.MaxValue;
        foreach (byte octet in octets)
        {
            register ^= octet;
            for (int bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) * Polynomial);
            }
        }

        return ~register;
    }
}

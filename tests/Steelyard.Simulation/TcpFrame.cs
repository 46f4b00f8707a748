using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>
/// A TCP segment as hosts write and read it. Over UDP hosts here say the same, in datagrams.
/// </summary>
public readonly record struct TcpFrame(
    Endpoint Source,
    Endpoint Destination,
    TcpFlags Flags,
    uint Sequence,
    uint Acknowledgment,
    byte[] Payload,
    ushort Identification)
{
    private const int HeadersLength = 14 + 20 + 20;
    private const int UdpHeaderLength = 8;

    /// <summary>The segment stands in a datagram of the same ports.</summary>
    public bool IsUdp { get; init; }

    /// <summary>Reads a frame whose checksums are right, as a host does.</summary>
    public static bool TryRead(byte[] octets, out TcpFrame frame)
    {
        frame = default;
        if (SlowSum.FindFault(octets, false) is not null
            || !EthernetFrame.TryParse(octets, out EthernetFrame ethernet)
            || ethernet.Type != EtherType.Ipv4
            || !Ipv4Packet.TryParse(ethernet.Payload, out Ipv4Packet packet)
            || packet.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp))
        {
            return false;
        }

        bool isUdp = packet.Protocol == IpProtocol.Udp;
        Span<byte> said = packet.Payload[(isUdp ? UdpHeaderLength : 0)..];
        if (!TcpSegment.TryParse(said, out TcpSegment segment))
        {
            return false;
        }

        int headerLength = (said[12] >> 4) * 4;
        frame = new(
            new(
                IpAddress.FromIpv4(packet.Source),
                BinaryPrimitives.ReadUInt16BigEndian(packet.Payload)),
            new(
                IpAddress.FromIpv4(packet.Destination),
                BinaryPrimitives.ReadUInt16BigEndian(packet.Payload[2..])),
            segment.Flags,
            segment.SequenceNumber,
            segment.AcknowledgmentNumber,
            said[headerLength..].ToArray(),
            BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(18)))
        {
            IsUdp = isUdp,
        };
        return true;
    }

    public byte[] Write(MacAddress to, MacAddress from)
    {
        int udp = IsUdp ? UdpHeaderLength : 0;
        byte[] octets = new byte[HeadersLength + udp + Payload.Length];
        EthernetFrame.Write(octets, to, from, EtherType.Ipv4);
        Span<byte> packet = octets.AsSpan(14);
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], Identification);
        packet[6] = 0x40; // not to be cut
        packet[8] = 64;
        packet[9] = IsUdp ? (byte)17 : (byte)6;
        _ = Source.Address.Write(packet[12..]);
        _ = Destination.Address.Write(packet[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], SlowSum.Checksum(packet[..20], 0));

        Span<byte> segment = packet[(20 + udp)..];
        WriteSegment(segment);
        Span<byte> whole = packet[20..];
        if (IsUdp)
        {
            segment[..4].CopyTo(whole);
            BinaryPrimitives.WriteUInt16BigEndian(whole[4..], (ushort)whole.Length);
        }

        int pseudo = SlowSum.Sum(packet.Slice(12, 8), packet[9] + whole.Length);
        BinaryPrimitives.WriteUInt16BigEndian(
            whole[(IsUdp ? 6 : 16)..], SlowSum.Checksum(whole, pseudo));
        return octets;
    }

    private void WriteSegment(Span<byte> segment)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment, Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], Destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], Acknowledgment);
        segment[12] = 5 << 4;
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], 8192);
        Payload.CopyTo(segment[20..]);
    }
}

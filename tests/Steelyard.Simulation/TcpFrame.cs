using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>A TCP segment as hosts write and read it.</summary>
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

    /// <summary>Reads a frame whose checksums are right, as a host does.</summary>
    public static bool TryRead(byte[] octets, out TcpFrame frame)
    {
        frame = default;
        if (SlowSum.FindFault(octets, false) is not null
            || !EthernetFrame.TryParse(octets, out EthernetFrame ethernet)
            || ethernet.Type != EtherType.Ipv4
            || !Ipv4Packet.TryParse(ethernet.Payload, out Ipv4Packet packet)
            || packet.Protocol != IpProtocol.Tcp
            || !TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
        {
            return false;
        }

        int headerLength = (packet.Payload[12] >> 4) * 4;
        frame = new(
            new(IpAddress.FromIpv4(packet.Source), segment.SourcePort),
            new(IpAddress.FromIpv4(packet.Destination), segment.DestinationPort),
            segment.Flags,
            segment.SequenceNumber,
            segment.AcknowledgmentNumber,
            packet.Payload[headerLength..].ToArray(),
            BinaryPrimitives.ReadUInt16BigEndian(octets.AsSpan(18)));
        return true;
    }

    public byte[] Write(MacAddress to, MacAddress from)
    {
        byte[] octets = new byte[HeadersLength + Payload.Length];
        EthernetFrame.Write(octets, to, from, EtherType.Ipv4);
        Span<byte> packet = octets.AsSpan(14);
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], Identification);
        packet[6] = 0x40; // not to be cut
        packet[8] = 64;
        packet[9] = 6;
        _ = Source.Address.Write(packet[12..]);
        _ = Destination.Address.Write(packet[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], SlowSum.Checksum(packet[..20], 0));

        Span<byte> segment = packet[20..];
        BinaryPrimitives.WriteUInt16BigEndian(segment, Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], Destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], Acknowledgment);
        segment[12] = 5 << 4;
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], 8192);
        Payload.CopyTo(segment[20..]);
        int pseudo = SlowSum.Sum(packet.Slice(12, 8), 6 + segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], SlowSum.Checksum(segment, pseudo));
        return octets;
    }
}

using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A view of the start of an IPv4 packet inside an ICMP error: its header and at least eight
/// octets of its payload, which are enough for the ports. RFC 792; RFC 1812 §4.3.2.3.
/// </summary>
public readonly ref struct QuotedPacket
{
    private const int FragmentOffset = 6;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;
    private const int PortsLength = 8;
    private const int FragmentOffsetMask = 0x1FFF;

    private readonly Span<byte> _header;
    private readonly Span<byte> _ports;

    private QuotedPacket(Span<byte> header, Span<byte> ports)
    {
        _header = header;
        _ports = ports;
    }

    public IpProtocol Protocol => (IpProtocol)_header[ProtocolOffset];

    public uint Source => BinaryPrimitives.ReadUInt32BigEndian(_header[SourceOffset..]);

    public uint Destination => BinaryPrimitives.ReadUInt32BigEndian(_header[DestinationOffset..]);

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_ports);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_ports[2..]);

    /// <summary>False for a later fragment too: it has no ports.</summary>
    public static bool TryParse(Span<byte> octets, out QuotedPacket packet)
    {
        packet = default;
        if (octets.Length < Ipv4Packet.MinimumHeaderLength || octets[0] >> 4 != 4)
        {
            return false;
        }

        int headerLength = (octets[0] & 0xF) * 4;
        int fragment = BinaryPrimitives.ReadUInt16BigEndian(octets[FragmentOffset..]);
        if (headerLength < Ipv4Packet.MinimumHeaderLength
            || octets.Length < headerLength + PortsLength
            || (fragment & FragmentOffsetMask) != 0)
        {
            return false;
        }

        packet = new(octets[..headerLength], octets[headerLength..]);
        return true;
    }

    /// <summary>Replaces the source, and keeps the quoted IP header's checksum right.</summary>
    public void RewriteSource(uint address, ushort port)
    {
        Replace(SourceOffset, address);
        BinaryPrimitives.WriteUInt16BigEndian(_ports, port);
    }

    /// <summary>
    /// Replaces the destination, and keeps the quoted IP header's checksum right.
    /// </summary>
    public void RewriteDestination(uint address, ushort port)
    {
        Replace(DestinationOffset, address);
        BinaryPrimitives.WriteUInt16BigEndian(_ports[2..], port);
    }

    private void Replace(int offset, uint address)
    {
        uint before = BinaryPrimitives.ReadUInt32BigEndian(_header[offset..]);
        BinaryPrimitives.WriteUInt32BigEndian(_header[offset..], address);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(_header[ChecksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            _header[ChecksumOffset..],
            InternetChecksum.Update(checksum, InternetChecksum.Difference(before, address)));
    }
}

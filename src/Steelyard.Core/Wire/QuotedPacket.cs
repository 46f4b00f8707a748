using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A view of the start of a packet inside an ICMP error: its headers and at least eight octets of
/// its payload, which are enough for the ports. RFC 792; RFC 1812 §4.3.2.3; RFC 4443 §3.
/// </summary>
public readonly ref struct QuotedPacket
{
    private const int FragmentOffset = 6;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int PortsLength = 8;
    private const int FragmentOffsetMask = 0x1FFF;

    private readonly Span<byte> _octets;

    private QuotedPacket(Span<byte> octets, bool isIpv4, int headerLength, IpProtocol protocol)
    {
        _octets = octets;
        IsIpv4 = isIpv4;
        HeaderLength = headerLength;
        Protocol = protocol;
    }

    public bool IsIpv4 { get; }

    /// <summary>Octets before the quoted transport header.</summary>
    public int HeaderLength { get; }

    public IpProtocol Protocol { get; }

    /// <summary>The payload starts with the two ports.</summary>
    public bool HasPorts => Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;

    public IpAddress Source => IpEnds.Source(_octets, IsIpv4);

    public IpAddress Destination => IpEnds.Destination(_octets, IsIpv4);

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_octets[HeaderLength..]);

    public ushort DestinationPort =>
        BinaryPrimitives.ReadUInt16BigEndian(_octets[(HeaderLength + 2)..]);

    /// <summary>False for a later fragment too: it has no ports.</summary>
    public static bool TryParse(Span<byte> octets, out QuotedPacket packet)
    {
        if (octets.Length >= Ipv6Packet.HeaderLength && octets[0] >> 4 == 6)
        {
            return TryParseIpv6(octets, out packet);
        }

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

        packet = new(octets, true, headerLength, (IpProtocol)octets[ProtocolOffset]);
        return true;
    }

    /// <summary>Replaces the source, and keeps a quoted header's checksum right.</summary>
    public void RewriteSource(in Endpoint end)
    {
        Replace(IpEnds.SourceOffset(IsIpv4), end.Address);
        if (HasPorts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_octets[HeaderLength..], end.Port);
        }
    }

    /// <summary>Replaces the destination, and keeps a quoted header's checksum right.</summary>
    public void RewriteDestination(in Endpoint end)
    {
        Replace(IpEnds.DestinationOffset(IsIpv4), end.Address);
        if (HasPorts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_octets[(HeaderLength + 2)..], end.Port);
        }
    }

    private static bool TryParseIpv6(Span<byte> octets, out QuotedPacket packet)
    {
        packet = default;
        if (!Ipv6Extensions.TryWalk(octets, out Ipv6Extensions extensions)
            || extensions.FragmentOffset != 0
            || octets.Length < extensions.TransportOffset + PortsLength)
        {
            return false;
        }

        packet = new(octets, false, extensions.TransportOffset, extensions.Protocol);

        // A mapped address is one of IPv4, and in no packet of IPv6. RFC 4291 §2.5.5.2.
        return !packet.Source.IsIpv4 && !packet.Destination.IsIpv4;
    }

    private void Replace(int offset, IpAddress address)
    {
        if (!IsIpv4)
        {
            address.Write(_octets[offset..]);
            return;
        }

        uint before = BinaryPrimitives.ReadUInt32BigEndian(_octets[offset..]);
        BinaryPrimitives.WriteUInt32BigEndian(_octets[offset..], address.Ipv4);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(_octets[ChecksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            _octets[ChecksumOffset..],
            InternetChecksum.Update(checksum, InternetChecksum.Difference(before, address.Ipv4)));
    }
}

using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>A part of a datagram, as it came in one packet. RFC 791 §3.2, RFC 8200 §4.5.</summary>
public readonly ref struct Fragment
{
    /// <summary>Offsets count in units of eight octets.</summary>
    internal const int Unit = 8;

    /// <summary>Octets of IPv6's fragment header.</summary>
    internal const int ExtensionLength = 8;

    private const int ExtensionWordOffset = 2;
    private const int ExtensionIdentificationOffset = 4;

    private const int Ipv4MoreFragmentsBit = 0x2000;
    private const int Ipv4OffsetMask = 0x1FFF;
    private const int Ipv6MoreFragmentsBit = 1;
    private const int Ipv6OffsetMask = 0xFFF8;

    public Fragment(
        DatagramKey key,
        int offset,
        bool hasMore,
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> payload)
    {
        Key = key;
        Offset = offset;
        HasMore = hasMore;
        Header = header;
        Payload = payload;
    }

    public DatagramKey Key { get; }

    /// <summary>Where the payload lies in the datagram's, in octets.</summary>
    public int Offset { get; }

    /// <summary>It is not the last.</summary>
    public bool HasMore { get; }

    /// <summary>
    /// IPv4's header; or IPv6's header and the extensions before the fragment header, which of the
    /// first fragment names what follows the fragment header.
    /// </summary>
    public ReadOnlySpan<byte> Header { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Octets of the IP packet that it came in.</summary>
    public int PacketLength =>
        Header.Length + (Key.IsIpv6 ? ExtensionLength : 0) + Payload.Length;

    /// <summary>A datagram of one fragment: no other one concerns it. RFC 6946.</summary>
    public bool IsWhole => Offset == 0 && !HasMore;

    /// <summary>
    /// Reads the fragment in an IP packet of either family; false when there is none, or when it
    /// cannot be read. In the first fragment of an IPv6 datagram it writes the protocol in the
    /// place of the fragment header's number: the packet itself is of no use afterwards.
    /// </summary>
    public static bool TryRead(Span<byte> octets, out Fragment fragment)
    {
        fragment = default;
        return octets.Length > 0
            && (octets[0] >> 4 == 4
                ? TryReadIpv4(octets, out fragment)
                : TryReadIpv6(octets, out fragment));
    }

    private static bool TryReadIpv4(Span<byte> octets, out Fragment fragment)
    {
        fragment = default;
        if (!Ipv4Packet.TryParse(octets, out Ipv4Packet packet) || !packet.IsFragment)
        {
            return false;
        }

        DatagramKey key = new(
            IsIpv6: false,
            IpAddress.FromIpv4(packet.Source),
            IpAddress.FromIpv4(packet.Destination),
            packet.Protocol,
            packet.Identification);
        fragment = new(
            key,
            (packet.FragmentWord & Ipv4OffsetMask) * Unit,
            (packet.FragmentWord & Ipv4MoreFragmentsBit) != 0,
            packet.Octets[..packet.HeaderLength],
            packet.Payload);
        return true;
    }

    private static bool TryReadIpv6(Span<byte> octets, out Fragment fragment)
    {
        fragment = default;
        if (!Ipv6Packet.TryParse(octets, out Ipv6Packet packet)
            || !Ipv6Extensions.TryWalk(packet.Octets, out Ipv6Extensions walked)
            || walked.FragmentOffset == 0)
        {
            return false;
        }

        octets = packet.Octets;
        int start = walked.FragmentOffset;
        ReadOnlySpan<byte> extension = octets.Slice(start, ExtensionLength);
        int word = BinaryPrimitives.ReadUInt16BigEndian(extension[ExtensionWordOffset..]);
        if ((word & Ipv6OffsetMask) == 0)
        {
            octets[walked.NextHeaderOffset] = extension[0];
        }

        DatagramKey key = new(
            IsIpv6: true,
            packet.Source,
            packet.Destination,
            IpProtocol.Unknown,
            BinaryPrimitives.ReadUInt32BigEndian(extension[ExtensionIdentificationOffset..]));
        fragment = new(
            key,
            word & Ipv6OffsetMask,
            (word & Ipv6MoreFragmentsBit) != 0,
            octets[..start],
            octets[(start + ExtensionLength)..]);
        return true;
    }
}

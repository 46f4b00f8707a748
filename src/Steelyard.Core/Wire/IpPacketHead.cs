using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A view of the header of an IP packet of either family, whose end may have been cut off: what a
/// tunnel must know of the packet that it carries. RFC 791 §3.1; RFC 8200 §3.
/// </summary>
public readonly ref struct IpPacketHead
{
    private const int Ipv4TypeOfServiceOffset = 1;
    private const int Ipv4FragmentOffset = 6;
    private const int Ipv4TimeToLiveOffset = 8;
    private const int Ipv4ProtocolOffset = 9;
    private const int DontFragmentBit = 0x4000;
    private const int Ipv4FragmentOffsetMask = 0x1FFF;

    private const int Ipv6NextHeaderOffset = 6;
    private const int Ipv6HopLimitOffset = 7;
    private const int Ipv6TrafficClassShift = 4;

    // The fragment header right behind the fixed one. RFC 8200 §4.5.
    private const int FragmentNextHeaderOffset = Ipv6Packet.HeaderLength;
    private const int FragmentWordOffset = Ipv6Packet.HeaderLength + 2;
    private const int FragmentHeaderLength = 8;
    private const int Ipv6FragmentOffsetMask = 0xFFF8;

    private readonly ReadOnlySpan<byte> _octets;

    /// <param name="octets">They hold a right header: it has been parsed before.</param>
    public IpPacketHead(ReadOnlySpan<byte> octets) => _octets = octets;

    public bool IsIpv4 => _octets[0] >> 4 == 4;

    /// <summary>Type of service, or traffic class.</summary>
    public byte TrafficClass => IsIpv4
        ? _octets[Ipv4TypeOfServiceOffset]
        : unchecked((byte)(BinaryPrimitives.ReadUInt16BigEndian(_octets)
            >> Ipv6TrafficClassShift));

    /// <summary>Time to live, or hop limit.</summary>
    public byte HopsLeft => _octets[IsIpv4 ? Ipv4TimeToLiveOffset : Ipv6HopLimitOffset];

    /// <summary>No router may cut it; IPv6 never allows that. RFC 8200 §5.</summary>
    public bool DontFragment =>
        !IsIpv4 || (Word(Ipv4FragmentOffset) & DontFragmentBit) != 0;

    /// <summary>Its payload is not the start of a datagram's.</summary>
    public bool IsLaterFragment => IsIpv4
        ? (Word(Ipv4FragmentOffset) & Ipv4FragmentOffsetMask) != 0
        : HasFragmentHeader && (Word(FragmentWordOffset) & Ipv6FragmentOffsetMask) != 0;

    /// <summary>What follows the header and, with IPv6, a fragment header.</summary>
    public IpProtocol Protocol => (IpProtocol)_octets[IsIpv4
        ? Ipv4ProtocolOffset
        : HasFragmentHeader ? FragmentNextHeaderOffset : Ipv6NextHeaderOffset];

    /// <summary>With options, or with IPv6's fragment header, in octets.</summary>
    public int HeaderLength => IsIpv4
        ? (_octets[0] & 0xF) * 4
        : Ipv6Packet.HeaderLength + (HasFragmentHeader ? FragmentHeaderLength : 0);

    public IpAddress Source => IpEnds.Source(_octets, IsIpv4);

    public IpAddress Destination => IpEnds.Destination(_octets, IsIpv4);

    private bool HasFragmentHeader =>
        (IpProtocol)_octets[Ipv6NextHeaderOffset] == IpProtocol.Ipv6Fragment;

    /// <summary>The header is whole; nothing is said of what follows it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> octets, out IpPacketHead head)
    {
        head = new(octets);
        if (octets.Length < Ipv4Packet.MinimumHeaderLength)
        {
            return false;
        }

        if (octets[0] >> 4 == 6)
        {
            return octets.Length >= Ipv6Packet.HeaderLength
                && octets.Length >= head.HeaderLength;
        }

        return octets[0] >> 4 == 4
            && head.HeaderLength >= Ipv4Packet.MinimumHeaderLength
            && octets.Length >= head.HeaderLength;
    }

    private ushort Word(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_octets[offset..]);
}

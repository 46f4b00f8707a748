using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A view of a whole IP packet of either family, as far as forwarding must know it: its ends, its
/// hops, and where its transport header starts. Extension headers count as header. RFC 791 §3.1;
/// RFC 8200 §3.
/// </summary>
public readonly ref struct IpPacket
{
    private const int Ipv6PayloadLengthOffset = 4;
    private const int Ipv6HopLimitOffset = 7;
    private const int Ipv4TimeToLiveOffset = 8;

    private readonly Span<byte> _octets;

    private IpPacket(Span<byte> octets, bool isIpv4, int headerLength, IpProtocol protocol)
    {
        _octets = octets;
        IsIpv4 = isIpv4;
        HeaderLength = headerLength;
        Protocol = protocol;
    }

    public bool IsIpv4 { get; }

    /// <summary>Octets before the transport header.</summary>
    public int HeaderLength { get; }

    /// <summary>The transport protocol, behind all extension headers.</summary>
    public IpProtocol Protocol { get; }

    public int TotalLength => _octets.Length;

    public Span<byte> Octets => _octets;

    /// <summary>The transport header and what follows it.</summary>
    public Span<byte> Payload => _octets[HeaderLength..];

    public IpAddress Source => IpEnds.Source(_octets, IsIpv4);

    public IpAddress Destination => IpEnds.Destination(_octets, IsIpv4);

    /// <summary>Time to live, or hop limit.</summary>
    public byte HopsLeft => _octets[IsIpv4 ? Ipv4TimeToLiveOffset : Ipv6HopLimitOffset];

    /// <summary>No router may cut it; IPv6 never allows that. RFC 8200 §5.</summary>
    public bool DontFragment => !IsIpv4 || Ipv4.DontFragment;

    /// <summary>The header as IPv4's; only for a packet that is one.</summary>
    public Ipv4Packet Ipv4 => Ipv4Packet.Over(_octets, HeaderLength);

    public static IpPacket Of(Ipv4Packet packet) =>
        new(packet.Octets, isIpv4: true, packet.HeaderLength, packet.Protocol);

    /// <param name="packet">The packet.</param>
    /// <param name="extensions">Its extension headers, as they were walked.</param>
    public static IpPacket Of(Ipv6Packet packet, Ipv6Extensions extensions) =>
        new(packet.Octets, isIpv4: false, extensions.TransportOffset, extensions.Protocol);

    /// <summary>Parses a packet that the box made whole or wrote itself.</summary>
    public static bool TryParse(Span<byte> octets, out IpPacket packet)
    {
        if (Ipv4Packet.TryParse(octets, out Ipv4Packet ipv4))
        {
            packet = Of(ipv4);
            return true;
        }

        if (Ipv6Packet.TryParse(octets, out Ipv6Packet ipv6)
            && Ipv6Extensions.TryWalk(octets, out Ipv6Extensions extensions))
        {
            packet = Of(ipv6, extensions);
            return true;
        }

        packet = default;
        return false;
    }

    /// <summary>
    /// Sets the length of a packet that became longer or shorter. The span is the packet.
    /// </summary>
    public static void WriteTotalLength(Span<byte> octets)
    {
        if (octets[0] >> 4 == 4)
        {
            Ipv4Packet.WriteTotalLength(octets);
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            octets[Ipv6PayloadLengthOffset..],
            (ushort)(octets.Length - Ipv6Packet.HeaderLength));
    }

    /// <summary>
    /// Replaces the source, and keeps a header checksum right.
    /// </summary>
    /// <param name="address">An address of the packet's family.</param>
    /// <param name="isHop">It is also one hop less; the number is above zero.</param>
    /// <returns>The difference for checksums that cover a pseudo-header.</returns>
    public uint ReplaceSource(IpAddress address, bool isHop) =>
        Replace(IpEnds.SourceOffset(IsIpv4), address, isHop);

    /// <summary>Replaces the destination, likewise.</summary>
    public uint ReplaceDestination(IpAddress address, bool isHop) =>
        Replace(IpEnds.DestinationOffset(IsIpv4), address, isHop);

    /// <summary>One hop less. The number is above zero.</summary>
    public void DecrementHops()
    {
        if (IsIpv4)
        {
            Ipv4.DecrementTimeToLive();
        }
        else
        {
            _octets[Ipv6HopLimitOffset]--;
        }
    }

    /// <summary>The sum of the pseudo-header for a transport header and data so long.</summary>
    public uint PseudoHeader(int length)
    {
        int offset = IpEnds.SourceOffset(IsIpv4);
        int addresses = 2 * (IsIpv4 ? IpAddress.Ipv4Length : IpAddress.Ipv6Length);
        return InternetChecksum.Sum(
            _octets.Slice(offset, addresses), unchecked((uint)Protocol + (uint)length));
    }

    private uint Replace(int offset, IpAddress address, bool isHop)
    {
        if (IsIpv4)
        {
            uint before = BinaryPrimitives.ReadUInt32BigEndian(_octets[offset..]);
            uint difference = InternetChecksum.Difference(before, address.Ipv4);
            BinaryPrimitives.WriteUInt32BigEndian(_octets[offset..], address.Ipv4);
            Ipv4Packet header = Ipv4;
            if (isHop)
            {
                header.DecrementTimeToLive(difference);
            }
            else
            {
                header.Checksum = InternetChecksum.Update(header.Checksum, difference);
            }

            return difference;
        }

        IpAddress old = IpAddress.ReadIpv6(_octets[offset..]);
        address.Write(_octets[offset..]);
        if (isHop)
        {
            _octets[Ipv6HopLimitOffset]--;
        }

        return InternetChecksum.Difference(old, address);
    }
}

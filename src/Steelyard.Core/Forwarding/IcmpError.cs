using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>What an ICMP error says, in the numbers of one family.</summary>
/// <param name="Type">As the family numbers it.</param>
/// <param name="Code">Closer reason.</param>
/// <param name="Rest">The second word of the header: the next hop's MTU, or zero.</param>
internal readonly record struct IcmpReason(byte Type, byte Code, uint Rest = 0)
{
    private const byte Ipv4HostUnreachable = 1;
    private const byte Ipv6AddressUnreachable = 3;
    private const byte Ipv4ProtocolUnreachable = 2;
    private const byte Ipv4PortUnreachable = 3;
    private const byte Ipv4FragmentationNeeded = 4;
    private const byte Ipv6PortUnreachable = 4;
    private const byte Ipv6UnknownNextHeader = 1;

    public static IcmpReason PortUnreachable(bool isIpv4) => isIpv4
        ? new((byte)IcmpType.DestinationUnreachable, Ipv4PortUnreachable)
        : new((byte)Icmpv6Type.DestinationUnreachable, Ipv6PortUnreachable);

    public static IcmpReason HostUnreachable(bool isIpv4) => isIpv4
        ? new((byte)IcmpType.DestinationUnreachable, Ipv4HostUnreachable)
        : new((byte)Icmpv6Type.DestinationUnreachable, Ipv6AddressUnreachable);

    /// <param name="pointer">IPv6: where the number stands that we do not know.</param>
    public static IcmpReason ProtocolUnreachable(bool isIpv4, uint pointer) => isIpv4
        ? new((byte)IcmpType.DestinationUnreachable, Ipv4ProtocolUnreachable)
        : new((byte)Icmpv6Type.ParameterProblem, Ipv6UnknownNextHeader, pointer);

    public static IcmpReason TimeExceeded(bool isIpv4) =>
        new(isIpv4 ? (byte)IcmpType.TimeExceeded : (byte)Icmpv6Type.TimeExceeded, 0);

    public static IcmpReason TooBig(bool isIpv4, int mtu) => isIpv4
        ? new((byte)IcmpType.DestinationUnreachable, Ipv4FragmentationNeeded, (uint)mtu)
        : new((byte)Icmpv6Type.PacketTooBig, 0, (uint)mtu);
}

/// <summary>
/// Writes ICMP errors about packets that go no further. RFC 792; RFC 1812 §4.3; RFC 4443 §3.
/// </summary>
internal static class IcmpError
{
    // As much as fits into 576 octets, which every host takes. RFC 1812 §4.3.2.3.
    private const int MaximumIpv4Length = 576;

    // As much as fits into the smallest link of IPv6. RFC 4443 §2.4 (c).
    private const int MaximumIpv6Length = 1280;

    // Internetwork control, as routers mark their errors. RFC 1812 §4.3.2.5.
    private const byte TypeOfService = 0xC0;
    private const byte HopLimit = 64;

    /// <summary>Octets of the whole IP packet of an error about this one.</summary>
    public static int Length(int aboutLength, bool isIpv4) => Math.Min(
        HeaderOf(isIpv4) + IcmpMessage.HeaderLength + aboutLength,
        isIpv4 ? MaximumIpv4Length : MaximumIpv6Length);

    /// <param name="octets">The whole IP packet of the error.</param>
    /// <param name="about">The packet that it is about, as far as that is known.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="destination">Who is told.</param>
    public static void Write(
        Span<byte> octets,
        ReadOnlySpan<byte> about,
        IpAddress source,
        IpAddress destination,
        ushort identification,
        in IcmpReason reason)
    {
        int header = HeaderOf(source.IsIpv4);
        Span<byte> quoted = octets[(header + IcmpMessage.HeaderLength)..];
        about[..quoted.Length].CopyTo(quoted);
        if (source.IsIpv4)
        {
            Ipv4Packet.Write(
                octets,
                TypeOfService,
                identification,
                dontFragment: false,
                HopLimit,
                IpProtocol.Icmp,
                source.Ipv4,
                destination.Ipv4);
            IcmpMessage.WriteHeader(octets[header..], reason.Type, reason.Code, reason.Rest);
            return;
        }

        Ipv6Packet.Write(octets, IpProtocol.Icmpv6, HopLimit, source, destination);
        _ = IpPacket.TryParse(octets, out IpPacket error);
        IcmpMessage.WriteHeader(
            octets[header..],
            reason.Type,
            reason.Code,
            reason.Rest,
            error.PseudoHeader(octets.Length - header));
    }

    private static int HeaderOf(bool isIpv4) =>
        isIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength;
}

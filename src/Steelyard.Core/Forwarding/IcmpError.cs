using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Writes ICMP errors about packets that go no further. RFC 792; RFC 1812 §4.3.</summary>
internal static class IcmpError
{
    public const byte HostUnreachable = 1;
    public const byte ProtocolUnreachable = 2;
    public const byte PortUnreachable = 3;
    public const byte FragmentationNeeded = 4;
    public const byte TimeToLiveExceeded = 0;

    // As much as fits into 576 octets, which every host takes. RFC 1812 §4.3.2.3.
    private const int MaximumLength = 576;
    private const int HeadersLength =
        Ipv4Packet.MinimumHeaderLength + IcmpMessage.HeaderLength;

    // Internetwork control, as routers mark their errors. RFC 1812 §4.3.2.5.
    private const byte TypeOfService = 0xC0;
    private const byte TimeToLive = 64;

    /// <summary>Octets of the whole IP packet of an error about this one.</summary>
    public static int Length(Ipv4Packet about) =>
        Math.Min(HeadersLength + about.TotalLength, MaximumLength);

    /// <param name="octets">The whole IP packet of the error.</param>
    /// <param name="rest">The second word of the header: the next hop's MTU, or zero.</param>
    public static void Write(
        Span<byte> octets,
        Ipv4Packet about,
        uint source,
        ushort identification,
        IcmpType type,
        byte code,
        uint rest)
    {
        about.Octets[..(octets.Length - HeadersLength)].CopyTo(octets[HeadersLength..]);
        IcmpMessage.WriteHeader(octets[Ipv4Packet.MinimumHeaderLength..], type, code, rest);
        Ipv4Packet.Write(
            octets,
            TypeOfService,
            identification,
            dontFragment: false,
            TimeToLive,
            IpProtocol.Icmp,
            source,
            about.Source);
    }
}

using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// The reset that a host gives to a segment of no connection. RFC 9293 §3.10.7.1.
/// </summary>
internal static class TcpReset
{
    private const byte HopLimit = 64;

    /// <summary>Octets of the whole IP packet.</summary>
    public static int Length(in IpPacket about) => HeaderOf(about) + TcpSegment.MinimumHeaderLength;

    public static void Write(Span<byte> octets, in IpPacket about, TcpSegment segment)
    {
        WriteHeader(octets, about);
        _ = IpPacket.TryParse(octets, out IpPacket reset);
        bool acknowledges = (segment.Flags & TcpFlags.Acknowledgment) != 0;
        TcpSegment.WriteBare(
            octets[HeaderOf(about)..],
            segment.DestinationPort,
            segment.SourcePort,
            acknowledges ? segment.AcknowledgmentNumber : 0,
            acknowledges
                ? 0
                : unchecked(segment.SequenceNumber + (uint)segment.SequenceLength),
            acknowledges ? TcpFlags.Reset : TcpFlags.Reset | TcpFlags.Acknowledgment,
            reset.PseudoHeader(TcpSegment.MinimumHeaderLength));
    }

    private static void WriteHeader(Span<byte> octets, in IpPacket about)
    {
        if (!about.IsIpv4)
        {
            Ipv6Packet.Write(
                octets, IpProtocol.Tcp, HopLimit, about.Destination, about.Source);
            return;
        }

        Ipv4Packet.Write(
            octets,
            typeOfService: 0,
            identification: 0,
            dontFragment: true,
            HopLimit,
            IpProtocol.Tcp,
            about.Destination.Ipv4,
            about.Source.Ipv4);
    }

    private static int HeaderOf(in IpPacket about) =>
        about.IsIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength;
}

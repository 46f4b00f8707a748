using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// The reset that a host gives to a segment of no connection. RFC 9293 §3.10.7.1.
/// </summary>
internal static class TcpReset
{
    /// <summary>Octets of the whole IP packet.</summary>
    public const int Length = Ipv4Packet.MinimumHeaderLength + TcpSegment.MinimumHeaderLength;

    private const byte TimeToLive = 64;

    public static void Write(Span<byte> octets, Ipv4Packet about, TcpSegment segment)
    {
        bool acknowledges = (segment.Flags & TcpFlags.Acknowledgment) != 0;
        uint pseudoHeader = InternetChecksum.PseudoHeader(
            about.Destination,
            about.Source,
            (byte)IpProtocol.Tcp,
            TcpSegment.MinimumHeaderLength);
        TcpSegment.WriteBare(
            octets[Ipv4Packet.MinimumHeaderLength..],
            segment.DestinationPort,
            segment.SourcePort,
            acknowledges ? segment.AcknowledgmentNumber : 0,
            acknowledges
                ? 0
                : unchecked(segment.SequenceNumber + (uint)segment.SequenceLength),
            acknowledges ? TcpFlags.Reset : TcpFlags.Reset | TcpFlags.Acknowledgment,
            pseudoHeader);
        Ipv4Packet.Write(
            octets,
            typeOfService: 0,
            identification: 0,
            dontFragment: true,
            TimeToLive,
            IpProtocol.Tcp,
            about.Destination,
            about.Source);
    }
}

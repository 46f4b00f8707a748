using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Whole sums of TCP and UDP, where the engine answers instead of forwarding.</summary>
internal static class TransportChecksum
{
    public static bool IsRight(Ipv4Packet packet)
    {
        Span<byte> payload = packet.Payload;
        if (packet.Protocol == IpProtocol.Udp)
        {
            if (!UdpDatagram.TryParse(payload, out UdpDatagram datagram))
            {
                return false;
            }

            payload = datagram.Octets;
            if (datagram.Checksum == 0)
            {
                return true;
            }
        }

        return InternetChecksum.Finish(
            InternetChecksum.Sum(payload, PseudoHeader(packet, payload.Length))) == 0;
    }

    /// <summary>Does what the sender's device left undone: sums ports and data.</summary>
    public static void Complete(Ipv4Packet packet)
    {
        // The field holds the pseudo-header's sum, and is itself among the words that are summed.
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(packet.Payload));
        if (TcpSegmentOf(packet, out TcpSegment segment))
        {
            segment.Checksum = checksum;
        }
        else if (UdpDatagram.TryParse(packet.Payload, out UdpDatagram datagram))
        {
            datagram.Checksum = checksum == 0 ? InternetChecksum.UdpZero : checksum;
        }
    }

    private static bool TcpSegmentOf(Ipv4Packet packet, out TcpSegment segment)
    {
        segment = default;
        return packet.Protocol == IpProtocol.Tcp
            && TcpSegment.TryParse(packet.Payload, out segment);
    }

    private static uint PseudoHeader(Ipv4Packet packet, int length) =>
        InternetChecksum.PseudoHeader(
            packet.Source, packet.Destination, (byte)packet.Protocol, length);
}

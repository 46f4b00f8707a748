using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Whole sums of TCP and UDP, where the engine answers instead of forwarding.</summary>
internal static class TransportChecksum
{
    public static bool IsRight(in IpPacket packet)
    {
        Span<byte> payload = packet.Payload;
        if (packet.Protocol == IpProtocol.Sctp)
        {
            return SctpPacket.Over(payload).HasRightChecksum;
        }

        if (packet.Protocol == IpProtocol.Udp)
        {
            if (!UdpDatagram.TryParse(payload, out UdpDatagram datagram))
            {
                return false;
            }

            payload = datagram.Octets;
            if (datagram.Checksum == 0)
            {
                // No checksum; IPv6 does not allow that. RFC 8200 §8.1.
                return packet.IsIpv4;
            }
        }

        return InternetChecksum.Finish(
            InternetChecksum.Sum(payload, packet.PseudoHeader(payload.Length))) == 0;
    }

    /// <summary>Does what the sender's device left undone: sums ports and data.</summary>
    public static void Complete(in IpPacket packet)
    {
        if (packet.Protocol == IpProtocol.Sctp)
        {
            SctpPacket.Over(packet.Payload).RewriteChecksum();
            return;
        }

        // The field holds the pseudo-header's sum, and is itself among the words that are summed.
        TransportPorts ports = new(packet);
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(packet.Payload));
        ports.Checksum = ports.IsUdp && checksum == 0 ? InternetChecksum.UdpZero : checksum;
    }
}

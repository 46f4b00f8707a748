using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Address translation: an end of a packet becomes another, and checksums are kept right by the
/// difference alone. RFC 3022 §4.1, §4.2.
/// </summary>
internal static class NatRewrite
{
    /// <summary>The packet goes to another end than it names.</summary>
    /// <param name="end">Whom it reaches.</param>
    /// <param name="isHop">It also loses a hop.</param>
    public static void Redirect(in IpPacket packet, in Endpoint end, in Arrival arrival, bool isHop)
    {
        uint addresses = packet.ReplaceDestination(end.Address, isHop);
        TransportPorts ports = new(packet);
        ushort before = ports.Destination;
        ports.Destination = end.Port;
        Mend(packet, ports, addresses, before, end.Port, arrival);
    }

    /// <summary>The packet comes from another end than its sender.</summary>
    /// <param name="end">Who seems to have sent it.</param>
    /// <param name="isHop">It also loses a hop.</param>
    public static void Disguise(in IpPacket packet, in Endpoint end, in Arrival arrival, bool isHop)
    {
        uint addresses = packet.ReplaceSource(end.Address, isHop);
        TransportPorts ports = new(packet);
        ushort before = ports.Source;
        ports.Source = end.Port;
        Mend(packet, ports, addresses, before, end.Port, arrival);
    }

    private static void Mend(
        in IpPacket packet,
        TransportPorts ports,
        uint addresses,
        ushort before,
        ushort after,
        in Arrival arrival)
    {
        if (packet.Protocol == IpProtocol.Sctp)
        {
            // CRC32c covers no addresses, and knows no cheap differences. RFC 9260 §6.8. What the
            // sender's device left undone is done on the way out.
            if (before != after && !arrival.IsUnfinished(packet.HeaderLength))
            {
                SctpPacket.Over(packet.Payload).RewriteChecksum();
            }

            return;
        }

        ushort checksum = ports.Checksum;
        if (arrival.IsUnfinished(packet.HeaderLength))
        {
            // The field holds the pseudo-header's sum; the sending device adds ports and data.
            checksum = InternetChecksum.UpdateUnfinished(checksum, addresses);
        }
        else if (!ports.IsUdp || checksum != 0)
        {
            uint difference = InternetChecksum.Difference(before, after);
            checksum = InternetChecksum.Update(checksum, unchecked(addresses + difference));
            checksum = ports.IsUdp && checksum == 0 ? InternetChecksum.UdpZero : checksum;
        }
        else if (arrival.Offload.Segmentation == SegmentationKind.None)
        {
            // A datagram without a checksum gets one, as with LVS: its new addresses are our
            // word, and the receiver may well demand one.
            checksum = SumUdp(packet);
        }

        ports.Checksum = checksum;
    }

    private static ushort SumUdp(in IpPacket packet)
    {
        if (!UdpDatagram.TryParse(packet.Payload, out UdpDatagram datagram))
        {
            return 0;
        }

        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(
            datagram.Octets, packet.PseudoHeader(datagram.Length)));
        return checksum == 0 ? InternetChecksum.UdpZero : checksum;
    }
}

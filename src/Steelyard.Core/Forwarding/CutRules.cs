using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Whether a packet that is too large for a link may be cut, and how small. What was cut before is
/// cut again as its sender did: that much the way could carry, and Path MTU Discovery hears of a
/// link that cannot. RFC 791 §3.2; RFC 1191 §5; as Linux does.
/// </summary>
internal static class CutRules
{
    /// <summary>
    /// Of a packet that is longer than a link takes: it cannot go on. A super-frame is never cut
    /// into fragments: its sender can do better.
    /// </summary>
    public static bool IsTooBig(
        in Arrival arrival, in IpPacket packet, int mtu, bool mayBeCut) =>
        arrival.Offload.Segmentation == SegmentationKind.None
            ? !mayBeCut
            : SuperFrame.HeadersOf(packet) + arrival.Offload.SegmentLength > mtu;

    /// <summary>
    /// Its sender allows it, or cut it before into parts that the link takes. Options would have to
    /// be sorted by whether each fragment gets them.
    /// </summary>
    public static bool MayBeCut(in Arrival arrival, in IpPacket packet, int mtu) =>
        (!packet.DontFragment || WasCutFor(arrival, mtu))
        && packet.HeaderLength
            == (packet.IsIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength);

    /// <summary>It came in fragments, none of them too large for a link.</summary>
    public static bool WasCutFor(in Arrival arrival, int mtu) =>
        arrival.LargestFragment > 0 && arrival.LargestFragment <= mtu;

    /// <summary>
    /// Octets of the largest fragment to be made: as the sender's, as Linux does; of IPv6 not less
    /// than every link takes. RFC 8200 §5.
    /// </summary>
    public static int SizeFor(in Arrival arrival, in IpPacket packet, int mtu)
    {
        int wanted = packet.IsIpv4
            ? arrival.LargestFragment
            : Math.Max(arrival.LargestFragment, TunnelRewrite.LeastIpv6Mtu);
        return Math.Min(mtu, wanted);
    }
}

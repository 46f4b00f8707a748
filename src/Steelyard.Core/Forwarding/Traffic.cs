using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>What is counted of packets, as they were on the wire.</summary>
internal static class Traffic
{
    /// <summary>Counts a packet of a connection on its server and service.</summary>
    public static void Count(
        in Arrival arrival, in IpPacket packet, RealServer server, FlowDirection direction)
    {
        if (server.IsRemoved)
        {
            return;
        }

        int packets = 1;
        int octets = packet.TotalLength;
        if (arrival.Offload.Segmentation != SegmentationKind.None)
        {
            packets = SuperFrame.SegmentsOf(packet, arrival.Offload);
            octets += (packets - 1) * SuperFrame.HeadersOf(packet);
        }

        TrafficCounters own = server.Counters;
        TrafficCounters all = server.Service!.Counters;
        if (direction == FlowDirection.FromClient)
        {
            own.InPackets += packets;
            own.InBytes += octets;
            all.InPackets += packets;
            all.InBytes += octets;
        }
        else
        {
            own.OutPackets += packets;
            own.OutBytes += octets;
            all.OutPackets += packets;
            all.OutBytes += octets;
        }
    }

    /// <summary>Counts an error to a client that stands for a reply.</summary>
    /// <param name="server">Nobody's, when null.</param>
    /// <param name="octets">Of its IP packet; 0 when it was not sent.</param>
    public static void CountError(RealServer? server, int octets)
    {
        if (server is null or { IsRemoved: true } || octets == 0)
        {
            return;
        }

        TrafficCounters own = server.Counters;
        TrafficCounters all = server.Service!.Counters;
        own.OutPackets++;
        own.OutBytes += octets;
        all.OutPackets++;
        all.OutBytes += octets;
    }
}

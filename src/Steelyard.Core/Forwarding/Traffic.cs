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

        if (direction == FlowDirection.FromClient)
        {
            AddIn(server.Counters, packets, octets);
            AddIn(server.Service!.Counters, packets, octets);
        }
        else
        {
            AddOut(server.Counters, packets, octets);
            AddOut(server.Service!.Counters, packets, octets);
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

        AddOut(server.Counters, 1, octets);
        AddOut(server.Service!.Counters, 1, octets);
    }

    private static void AddIn(TrafficCounters counters, int packets, int octets)
    {
        counters.InPackets += packets;
        counters.InBytes += octets;
    }

    private static void AddOut(TrafficCounters counters, int packets, int octets)
    {
        counters.OutPackets += packets;
        counters.OutBytes += octets;
    }
}

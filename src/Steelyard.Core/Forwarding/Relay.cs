using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Carries a packet of a known connection to its other end.</summary>
internal sealed class Relay(Engine engine)
{
    // A router lets go what would arrive with nothing left. RFC 1812 §5.3.1.
    private const byte LastHop = 1;

    public DropReason Tcp(
        in Arrival arrival,
        Ipv4Packet packet,
        int handle,
        FlowDirection direction,
        TcpFlags flags)
    {
        ConnectionTable connections = engine.Connections;
        RealServer server = connections.Server(handle);
        if (direction == FlowDirection.FromClient && server.IsRemoved)
        {
            return DropReason.ServerRemoved;
        }

        Count(arrival, packet, server, direction);
        if (connections.OnTcp(handle, direction, flags, arrival.Now)
            || connections.IsNewsDue(handle, arrival.Now))
        {
            engine.Upkeep.Announce(handle, arrival.Now);
        }

        return direction == FlowDirection.FromClient
            ? ToServer(arrival, packet, handle, server)
            : ToClient(arrival, packet, handle);
    }

    public DropReason Udp(
        in Arrival arrival, Ipv4Packet packet, int handle, FlowDirection direction)
    {
        ConnectionTable connections = engine.Connections;
        RealServer server = connections.Server(handle);
        if (direction == FlowDirection.FromClient && server.IsRemoved)
        {
            return DropReason.ServerRemoved;
        }

        Count(arrival, packet, server, direction);
        if (connections.OnUdp(handle, direction, arrival.Now)
            || connections.IsNewsDue(handle, arrival.Now))
        {
            engine.Upkeep.Announce(handle, arrival.Now);
        }

        return direction == FlowDirection.FromClient
            ? ToServer(arrival, packet, handle, server)
            : ToClient(arrival, packet, handle);
    }

    /// <summary>An ICMP error about a packet of the connection.</summary>
    /// <param name="direction">Whose place the error's sender takes.</param>
    public DropReason Icmp(
        in Arrival arrival,
        Ipv4Packet packet,
        IcmpMessage message,
        QuotedPacket quoted,
        int handle,
        FlowDirection direction)
    {
        ConnectionTable connections = engine.Connections;
        bool toServer = direction == FlowDirection.FromClient;
        Endpoint server = connections.ServerEndpoint(handle);
        DropReason reason = engine.Departures.TryRoute(
            toServer ? server.Address : IpAddress.FromIpv4(packet.Destination), out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (packet.TimeToLive <= LastHop)
        {
            return DropReason.TimeToLiveExpired;
        }

        if (packet.TotalLength > MtuOf(hop) && !MayBeCut(packet))
        {
            return DropReason.PacketTooBig;
        }

        Count(arrival, packet, connections.Server(handle), direction);
        if (!toServer)
        {
            IcmpRelay.ToClient(packet, message, quoted, connections[handle].Virtual);
        }
        else if (connections[handle].Method == ForwardingMethod.Nat)
        {
            IcmpRelay.ToServer(packet, message, quoted, server);
        }
        else
        {
            DirectRewrite.ToServer(packet);
        }

        return Emit(arrival, packet, hop);
    }

    private DropReason ToServer(
        in Arrival arrival, Ipv4Packet packet, int handle, RealServer server)
    {
        DropReason reason = engine.Departures.TryRoute(server, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        uint ourselves = packet.Destination;
        if (packet.TimeToLive <= LastHop)
        {
            return Expired(arrival, packet, ourselves);
        }

        if (IsTooBig(arrival, packet, hop))
        {
            // The error quotes the packet as it would have gone on, with one hop less.
            packet.DecrementTimeToLive();
            return TooBig(arrival, packet, ourselves, hop);
        }

        ref readonly Connection connection = ref engine.Connections[handle];
        if (connection.Method == ForwardingMethod.Nat)
        {
            ushort port = server.Endpoint.Port;
            NatRewrite.ToServer(
                packet,
                server.Endpoint.Address.Ipv4,
                port != 0 ? port : connection.Virtual.Port,
                arrival.IsUnfinished(packet.HeaderLength),
                arrival.Offload.Segmentation != SegmentationKind.None);
        }
        else
        {
            DirectRewrite.ToServer(packet);
        }

        return Emit(arrival, packet, hop);
    }

    private DropReason ToClient(in Arrival arrival, Ipv4Packet packet, int handle)
    {
        IpAddress client = IpAddress.FromIpv4(packet.Destination);
        DropReason reason = engine.Departures.TryRoute(client, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (packet.TimeToLive <= LastHop)
        {
            return Expired(arrival, packet, OurAddressTowards(arrival, packet.Source));
        }

        if (IsTooBig(arrival, packet, hop))
        {
            return TooBig(arrival, packet, OurAddressTowards(arrival, packet.Source), hop);
        }

        NatRewrite.ToClient(
            packet,
            engine.Connections[handle].Virtual,
            arrival.IsUnfinished(packet.HeaderLength),
            arrival.Offload.Segmentation != SegmentationKind.None);
        return Emit(arrival, packet, hop);
    }

    private int MtuOf(int hop) => engine.Departures.PortOf(hop).MaximumTransmissionUnit;

    private DropReason Expired(in Arrival arrival, Ipv4Packet packet, uint source)
    {
        engine.Answers.Error(
            arrival, packet, source, IcmpType.TimeExceeded, IcmpError.TimeToLiveExceeded);
        return DropReason.TimeToLiveExpired;
    }

    private DropReason TooBig(in Arrival arrival, Ipv4Packet packet, uint source, int hop)
    {
        engine.Answers.Error(
            arrival,
            packet,
            source,
            IcmpType.DestinationUnreachable,
            IcmpError.FragmentationNeeded,
            (uint)MtuOf(hop));
        return DropReason.PacketTooBig;
    }

    /// <summary>
    /// Who a server hears an error from: the interface's own address, else a virtual one.
    /// </summary>
    private uint OurAddressTowards(in Arrival arrival, uint peer)
    {
        IpAddress own = arrival.Port.OwnAddressFor(IpAddress.FromIpv4(peer));
        return own.IsNone
            ? engine.Held.AddressOn(arrival.Port.InterfaceIndex).Ipv4
            : own.Ipv4;
    }

    /// <summary>
    /// Too large, and may not be cut; a super-frame never is: its sender can do better.
    /// </summary>
    private bool IsTooBig(in Arrival arrival, Ipv4Packet packet, int hop)
    {
        int mtu = MtuOf(hop);
        if (packet.TotalLength <= mtu)
        {
            return false;
        }

        return arrival.Offload.Segmentation == SegmentationKind.None
            ? !MayBeCut(packet)
            : SuperFrame.HeadersOf(packet) + arrival.Offload.SegmentLength > mtu;
    }

    /// <summary>Options would have to be sorted by whether each fragment gets them.</summary>
    private static bool MayBeCut(Ipv4Packet packet) =>
        !packet.DontFragment && packet.HeaderLength == Ipv4Packet.MinimumHeaderLength;

    private DropReason Emit(in Arrival arrival, Ipv4Packet packet, int hop)
    {
        // The header goes right before the packet: a tag, if there was one, is overwritten.
        int start = arrival.PacketOffset - EthernetFrame.HeaderLength;
        Span<byte> frame =
            arrival.Frame.Slice(start, EthernetFrame.HeaderLength + packet.TotalLength);
        ForwardingCounters from = arrival.Port.Counters;
        bool isWhole = arrival.Offload.Segmentation != SegmentationKind.None
            || packet.TotalLength <= MtuOf(hop);
        if (isWhole)
        {
            FrameOffload offload = default;
            if (arrival.Offload.Checksum == ChecksumState.Unfinished
                || arrival.Offload.Segmentation != SegmentationKind.None)
            {
                offload = SuperFrame.OnwardOffload(arrival.Offload, start);
            }

            return engine.Departures.Send(
                from, hop, frame, offload, isMade: false, arrival.Now);
        }

        if (arrival.IsUnfinished(packet.HeaderLength))
        {
            TransportChecksum.Complete(packet);
        }

        from.Cut++;
        Fragments.Send(engine.Departures, from, hop, frame, arrival.Now);
        return DropReason.None;
    }

    private static void Count(
        in Arrival arrival, Ipv4Packet packet, RealServer server, FlowDirection direction)
    {
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
}

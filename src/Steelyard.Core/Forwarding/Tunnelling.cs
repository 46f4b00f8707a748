using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Sends a client's packet to its server inside another one.</summary>
internal sealed class Tunnelling(Engine engine)
{
    // What the length field of the outer header can say. RFC 791 §3.1.
    private const int LongestPacket = ushort.MaxValue;

    private ushort _identification;

    /// <summary>
    /// Octets of the largest packet that goes through the tunnel as it is.
    /// </summary>
    public int InnerMtu(in Arrival arrival, in IpPacket packet, RealServer server, int hop)
    {
        server.ForgetOldPathMtu(arrival.Now);
        return TunnelRewrite.InnerMtu(OuterMtu(server, hop), Overhead(server), packet.IsIpv4);
    }

    /// <summary>
    /// The packet may be longer than the tunnel takes, for the outer one is cut: with
    /// <c>pmtu_disc=0</c>, when its sender allows cutting, or has cut it for the tunnel already.
    /// </summary>
    public bool MayBeCut(in Arrival arrival, in IpPacket packet, RealServer server, int hop)
    {
        bool isAllowed = packet.IsIpv4
            && (!packet.DontFragment || !engine.Settings.PmtuDisc);
        return packet.TotalLength + Overhead(server) <= LongestPacket
            && (isAllowed
                || CutRules.WasCutFor(arrival, InnerMtu(arrival, packet, server, hop)));
    }

    public DropReason Send(
        in Arrival arrival, in IpPacket packet, int handle, RealServer server, int hop)
    {
        packet.DecrementHops();
        if (arrival.Offload.Segmentation != SegmentationKind.None)
        {
            return SendSegments(arrival, packet, handle, server, hop);
        }

        if (arrival.IsUnfinished(packet.HeaderLength))
        {
            TransportChecksum.Complete(packet);
        }

        Span<byte> frame = Room(server, packet.TotalLength);
        packet.Octets.CopyTo(frame[^packet.TotalLength..]);
        return Wrap(arrival, frame, packet.TotalLength, handle, server, hop, isMade: false);
    }

    private static int Overhead(RealServer server) => TunnelRewrite.Overhead(
        server.Settings.Tunnel, server.Endpoint.Address.IsIpv4);

    /// <summary>A super-frame leaves as the packets that it stands for.</summary>
    private DropReason SendSegments(
        in Arrival arrival, in IpPacket packet, int handle, RealServer server, int hop)
    {
        if (!Segmentation.TryPlan(packet.Octets, arrival.Offload, out Segmentation segments))
        {
            return DropReason.PacketTooBig;
        }

        arrival.Port.Counters.Cut++;
        for (int index = 0; index < segments.Count; index++)
        {
            int length = segments.LengthOf(index);
            Span<byte> frame = Room(server, length);
            segments.Write(index, frame[^length..]);
            DropReason reason =
                Wrap(arrival, frame, length, handle, server, hop, isMade: true);
            arrival.Port.Counters.MadeLost += reason == DropReason.None ? 0 : 1;
        }

        return DropReason.None;
    }

    private Span<byte> Room(RealServer server, int innerLength) => engine.Departures.Take(
        EthernetFrame.HeaderLength + Overhead(server) + innerLength);

    private DropReason Wrap(
        in Arrival arrival,
        Span<byte> frame,
        int innerLength,
        int handle,
        RealServer server,
        int hop,
        bool isMade)
    {
        IpAddress destination = server.Endpoint.Address;
        IpAddress source = SourceTowards(hop, destination);
        if (source.IsNone)
        {
            return DropReason.NoRoute;
        }

        ref readonly Connection connection = ref engine.Connections[handle];
        uint flow = engine.Connections.HashOf(
            connection.Protocol, connection.Client, connection.Virtual);
        int mtu = OuterMtu(server, hop);
        bool isWhole = frame.Length - EthernetFrame.HeaderLength <= mtu;
        bool dontFragment = isWhole && TunnelRewrite.DontFragment(
            new IpPacketHead(frame[^innerLength..]), engine.Settings.PmtuDisc);
        _identification = unchecked((ushort)(_identification + 1));
        TunnelRewrite.Wrap(
            frame[EthernetFrame.HeaderLength..],
            server.Settings.Tunnel,
            source,
            destination,
            dontFragment,
            _identification,
            TunnelRewrite.SourcePort(flow));
        ForwardingCounters from = arrival.Port.Counters;
        if (isWhole)
        {
            return engine.Departures.Send(from, hop, frame, default, isMade, arrival.Now);
        }

        from.Cut += isMade ? 0 : 1;
        Fragments.Send(engine.Departures, from, hop, frame, mtu, arrival.Now);
        return DropReason.None;
    }

    private int OuterMtu(RealServer server, int hop)
    {
        int mtu = engine.Departures.PortOf(hop).MaximumTransmissionUnit;
        return server.PathMtu != 0 ? Math.Min(mtu, server.PathMtu) : mtu;
    }

    /// <summary>The interface's own address, else a virtual one that is held there.</summary>
    private IpAddress SourceTowards(int hop, IpAddress server)
    {
        EnginePort port = engine.Departures.PortOf(hop);
        IpAddress own = port.OwnAddressFor(server);
        return own.IsNone ? engine.Held.AddressOn(port.InterfaceIndex, server.IsIpv4) : own;
    }
}

using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Ftp;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Carries a packet of a known connection to its other end.</summary>
internal sealed class Relay(Engine engine)
{
    // A router lets go what would arrive with nothing left. RFC 1812 §5.3.1.
    private const byte LastHop = 1;

    private readonly Tunnelling _tunnelling = new(engine);
    private readonly FtpControl _ftp = new(engine);

    public DropReason Carry(
        in Arrival arrival,
        in IpPacket packet,
        int handle,
        FlowDirection direction,
        in TransportHeader header)
    {
        ConnectionTable connections = engine.Connections;
        RealServer server = connections.Server(handle);
        Traffic.Count(arrival, packet, server, direction);
        bool isNews = header.Protocol switch
        {
            TransportProtocol.Tcp =>
                connections.OnTcp(handle, direction, header.Flags, arrival.Now),
            TransportProtocol.Sctp =>
                connections.OnSctp(handle, direction, header.Chunk, arrival.Now),
            _ => connections.OnUdp(handle, direction, arrival.Now),
        };
        if (isNews || connections.IsNewsDue(handle, arrival.Now))
        {
            engine.Upkeep.Announce(handle, arrival.Now);
        }

        DropReason reason = FtpControl.Concerns(connections[handle])
            ? CarryFtp(arrival, packet, handle, direction, server)
            : direction == FlowDirection.FromClient
                ? ToServer(arrival, packet, handle, server)
                : ToClient(arrival, packet, handle);
        if (connections[handle].IsOnePacket)
        {
            connections.OnPassed(handle, arrival.Now);
        }

        return reason;
    }

    /// <summary>Carries a packet of no connection as a router does.</summary>
    public DropReason Pass(in Arrival arrival, in IpPacket packet)
    {
        DropReason reason = TryPass(
            arrival, packet, packet.Destination, isHop: true, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        packet.DecrementHops();
        return Emit(arrival, packet, hop);
    }

    /// <summary>
    /// Whether a packet from inside goes on, and by which next hop; its sender is told why not.
    /// </summary>
    public DropReason TryPass(
        in Arrival arrival, in IpPacket packet, IpAddress destination, bool isHop, out int hop)
    {
        DropReason reason = engine.Departures.TryRoute(destination, out hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (isHop && packet.HopsLeft <= LastHop)
        {
            return Expired(arrival, packet, OurAddressTowards(arrival, packet.Source));
        }

        int mtu = MtuOf(hop);
        if (packet.TotalLength > mtu
            && CutRules.IsTooBig(
                arrival, packet, mtu, CutRules.MayBeCut(arrival, packet, mtu)))
        {
            return TooBig(arrival, packet, OurAddressTowards(arrival, packet.Source), mtu);
        }

        return DropReason.None;
    }

    /// <summary>
    /// The reply to a datagram that left no connection: it comes from the virtual address.
    /// </summary>
    public DropReason Answer(
        in Arrival arrival, in IpPacket packet, RealServer server, in Endpoint virtualEnd)
    {
        bool isHop = server.Method != ForwardingMethod.Local;
        DropReason reason = TryPass(arrival, packet, packet.Destination, isHop, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        Traffic.Count(arrival, packet, server, FlowDirection.FromServer);
        NatRewrite.Disguise(packet, virtualEnd, arrival, isHop);
        return Emit(arrival, packet, hop);
    }

    /// <summary>Tells a server of an error about its packet.</summary>
    public void TellServer(in Arrival arrival, in IpPacket packet, in IcmpReason reason) =>
        engine.Answers.Error(
            arrival, packet, OurAddressTowards(arrival, packet.Source), reason);

    /// <summary>An ICMP error about a packet of the connection.</summary>
    /// <param name="direction">Whose place the error's sender takes.</param>
    public DropReason Icmp(
        in Arrival arrival,
        in IpPacket packet,
        in IcmpMessage message,
        in QuotedPacket quoted,
        int handle,
        FlowDirection direction)
    {
        ConnectionTable connections = engine.Connections;
        bool toServer = direction == FlowDirection.FromClient;
        Endpoint server = connections.Reach(handle);
        Endpoint client = connections[handle].Client;
        int hop;
        DropReason reason = toServer && connections[handle].Method == ForwardingMethod.Local
            ? engine.Departures.TryRouteLocal(out hop)
            : engine.Departures.TryRoute(toServer ? server.Address : client.Address, out hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (packet.HopsLeft <= LastHop)
        {
            return DropReason.TimeToLiveExpired;
        }

        RealServer serves = connections.Server(handle);
        bool isTunnel = toServer && connections[handle].Method == ForwardingMethod.Tunnel;
        bool fits = isTunnel
            ? packet.TotalLength <= _tunnelling.InnerMtu(arrival, packet, serves, hop)
                || _tunnelling.MayBeCut(arrival, packet, serves, hop)
            : packet.TotalLength <= MtuOf(hop)
                || CutRules.MayBeCut(arrival, packet, MtuOf(hop));
        if (!fits)
        {
            return DropReason.PacketTooBig;
        }

        Traffic.Count(arrival, packet, serves, direction);
        if (!toServer)
        {
            IcmpRelay.ToClient(packet, message, quoted, connections[handle].Virtual, client);
        }
        else if (isTunnel)
        {
            return _tunnelling.Send(arrival, packet, handle, serves, hop);
        }
        else if (connections[handle].SeesServer)
        {
            IcmpRelay.ToServer(
                packet, message, quoted, server, connections.PeerOfServer(handle));
        }
        else
        {
            packet.DecrementHops();
        }

        return Emit(arrival, packet, hop);
    }

    /// <summary>A control connection of FTP: what it says may have to be rewritten.</summary>
    private DropReason CarryFtp(
        in Arrival arrival,
        in IpPacket packet,
        int handle,
        FlowDirection direction,
        RealServer server)
    {
        DropReason reason = _ftp.Read(arrival, packet, handle, direction, out Arrival changed);
        if (reason != DropReason.None
            || !IpPacket.TryParse(
                changed.Frame[changed.PacketOffset..], out IpPacket rewritten))
        {
            return reason;
        }

        return direction == FlowDirection.FromClient
            ? ToServer(changed, rewritten, handle, server)
            : ToClient(changed, rewritten, handle);
    }

    /// <summary>A client's packet goes to its server by the connection's method.</summary>
    public DropReason ToServer(
        in Arrival arrival, in IpPacket packet, int handle, RealServer server)
    {
        ForwardingMethod method = engine.Connections[handle].Method;
        int hop;
        DropReason reason = method == ForwardingMethod.Local
            ? engine.Departures.TryRouteLocal(out hop)
            : engine.Departures.TryRoute(server, out hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        // Into the box itself is no hop, and out of it neither.
        bool isHop = method != ForwardingMethod.Local;
        if (isHop && packet.HopsLeft <= LastHop)
        {
            return Expired(arrival, packet, ErrorSource(arrival, packet), Blind(method, server));
        }

        bool isTunnel = method == ForwardingMethod.Tunnel;
        int mtu = isTunnel ? _tunnelling.InnerMtu(arrival, packet, server, hop) : MtuOf(hop);
        if (packet.TotalLength > mtu
            && CutRules.IsTooBig(
                arrival,
                packet,
                mtu,
                isTunnel
                    ? _tunnelling.MayBeCut(arrival, packet, server, hop)
                    : CutRules.MayBeCut(arrival, packet, mtu)))
        {
            // The error quotes the packet as it would have gone on, with one hop less.
            IpAddress ourselves = ErrorSource(arrival, packet);
            packet.DecrementHops();
            return TooBig(arrival, packet, ourselves, mtu, Blind(method, server));
        }

        if (isTunnel)
        {
            return _tunnelling.Send(arrival, packet, handle, server, hop);
        }

        if (method == ForwardingMethod.FullNat)
        {
            NatRewrite.Disguise(
                packet, engine.Connections.PeerOfServer(handle), arrival, isHop: false);
        }

        if (engine.Connections[handle].SeesServer)
        {
            NatRewrite.Redirect(
                packet, engine.Connections.Reach(handle), arrival, isHop);
        }
        else
        {
            packet.DecrementHops();
        }

        return Emit(arrival, packet, hop);
    }

    private DropReason ToClient(in Arrival arrival, in IpPacket packet, int handle)
    {
        ref readonly Connection connection = ref engine.Connections[handle];
        bool isHop = connection.Method != ForwardingMethod.Local;
        DropReason reason = TryPass(
            arrival, packet, connection.ClientAddress, isHop, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        if (connection.Method == ForwardingMethod.FullNat)
        {
            NatRewrite.Redirect(packet, connection.Client, arrival, isHop: false);
        }

        NatRewrite.Disguise(packet, connection.Virtual, arrival, isHop);
        return Emit(arrival, packet, hop);
    }

    private int MtuOf(int hop) => engine.Departures.PortOf(hop).MaximumTransmissionUnit;

    private DropReason Expired(
        in Arrival arrival, in IpPacket packet, IpAddress source, RealServer? blind = null)
    {
        int octets = engine.Answers.Error(
            arrival, packet, source, IcmpReason.TimeExceeded(packet.IsIpv4));
        Traffic.CountError(blind, octets);
        return DropReason.TimeToLiveExpired;
    }

    private DropReason TooBig(
        in Arrival arrival, in IpPacket packet, IpAddress source, int mtu, RealServer? blind = null)
    {
        int octets = engine.Answers.Error(
            arrival, packet, source, IcmpReason.TooBig(packet.IsIpv4, mtu));
        Traffic.CountError(blind, octets);
        return DropReason.PacketTooBig;
    }

    /// <summary>
    /// A server whose replies do not pass here. What we tell its client in its stead is counted as
    /// one: LVS sees that go out, and has nothing else to take it for.
    /// </summary>
    private static RealServer? Blind(ForwardingMethod method, RealServer server) =>
        method is ForwardingMethod.Direct or ForwardingMethod.Tunnel ? server : null;

    /// <summary>Who a client hears an error from.</summary>
    private IpAddress ErrorSource(in Arrival arrival, in IpPacket packet) =>
        engine.Answers.SourceTowardsClient(arrival, packet);

    /// <summary>
    /// Who a server hears an error from: the interface's own address, else a virtual one.
    /// </summary>
    private IpAddress OurAddressTowards(in Arrival arrival, IpAddress peer)
    {
        IpAddress own = arrival.Port.OwnAddressFor(peer);
        return own.IsNone
            ? engine.Held.AddressOn(arrival.Port.InterfaceIndex, peer.IsIpv4)
            : own;
    }

    /// <summary>Sends a packet that is as its receiver is to see it, cut if need be.</summary>
    public DropReason Emit(in Arrival arrival, in IpPacket packet, int hop)
    {
        // The header goes right before the packet: a tag, if there was one, is overwritten.
        int start = arrival.PacketOffset - EthernetFrame.HeaderLength;
        Span<byte> frame =
            arrival.Frame.Slice(start, EthernetFrame.HeaderLength + packet.TotalLength);
        ForwardingCounters from = arrival.Port.Counters;
        int mtu = MtuOf(hop);
        if (arrival.LargestFragment > 0 && CutRules.MayBeCut(arrival, packet, mtu))
        {
            mtu = CutRules.SizeFor(arrival, packet, mtu);
        }

        bool isWhole = arrival.Offload.Segmentation != SegmentationKind.None
            || packet.TotalLength <= mtu;
        if (isWhole)
        {
            FrameOffload offload = default;
            bool hasWork = arrival.Offload.Checksum == ChecksumState.Unfinished
                || arrival.Offload.Segmentation != SegmentationKind.None;

            if (hasWork && packet.Protocol == IpProtocol.Sctp)
            {
                // SCTP's sum is made here: a device would take it for the Internet's.
                TransportChecksum.Complete(packet);
            }
            else if (hasWork)
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
        Fragments.Send(engine.Departures, from, hop, frame, mtu, arrival.Now);
        return DropReason.None;
    }
}

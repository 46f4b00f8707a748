using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Decides what becomes of a frame: every branch that looks at a packet stands here and in the
/// order in which a packet meets them; how it is carried out stands elsewhere.
/// </summary>
internal sealed class Forwarder(Engine engine)
{
    // TCP connections from here are answers of FTP servers; they are never scheduled.
    private const ushort FtpDataPort = 20;

    private readonly Relay _relay = new(engine);

    /// <summary>Handles one frame, whatever it holds.</summary>
    /// <param name="flowHash">What <see cref="FlowHint"/> made of it.</param>
    public void Handle(
        EnginePort port,
        Span<byte> octets,
        in FrameOffload offload,
        uint flowHash,
        Instant now)
    {
        port.Counters.Received++;
        if (!EthernetFrame.TryParse(octets, out EthernetFrame frame))
        {
            port.Counters.Drop(DropReason.RuntFrame);
            return;
        }

        // The kernel gets every frame too. What is not for a virtual router's station is its own,
        // and what is, the kernel does not take: so no frame is handled twice, and none missed.
        // A VLAN is another link than the one that this port is on; a mere priority tag is not.
        bool isOnVlan = frame.VlanIdentifier != 0
            || (offload.HasVlanTag && (offload.VlanTag & 0x0FFF) != 0);
        if (!port.HoldsStation(frame.Destination) || isOnVlan || frame.Type == EtherType.Arp)
        {
            port.Counters.NotOurs++;
            return;
        }

        Arrival arrival = new(in offload)
        {
            Port = port,
            Frame = octets,
            FlowHash = flowHash,
            PacketOffset = frame.PayloadOffset,
            Now = now,
        };
        DropReason reason = frame.Type switch
        {
            EtherType.Ipv4 => OnIpv4(arrival, frame.Payload),
            EtherType.Ipv6 => DropReason.Ipv6Unsupported,
            _ => DropReason.UnknownEtherType,
        };
        if (reason != DropReason.None)
        {
            port.Counters.Drop(reason);
        }
    }

    private DropReason OnIpv4(in Arrival arrival, Span<byte> octets)
    {
        if (!Ipv4Packet.TryParse(octets, out Ipv4Packet packet))
        {
            return DropReason.MalformedIpv4;
        }

        if (!packet.HasRightChecksum)
        {
            return DropReason.BadHeaderChecksum;
        }

        if (IsMartian(packet.Source))
        {
            return DropReason.MartianSource;
        }

        if (packet.HeaderLength > Ipv4Packet.MinimumHeaderLength && packet.HasSourceRoute)
        {
            return DropReason.SourceRouted;
        }

        if (packet.IsFragment)
        {
            return DropReason.FragmentUnsupported;
        }

        return packet.Protocol switch
        {
            IpProtocol.Tcp => OnTcp(arrival, packet),
            IpProtocol.Udp => OnUdp(arrival, packet),
            IpProtocol.Icmp => OnIcmp(arrival, packet),
            _ => OnOther(arrival, packet),
        };
    }

    private DropReason OnTcp(in Arrival arrival, Ipv4Packet packet)
    {
        if (!TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
        {
            return DropReason.MalformedTransport;
        }

        Endpoint source = new(IpAddress.FromIpv4(packet.Source), segment.SourcePort);
        Endpoint destination =
            new(IpAddress.FromIpv4(packet.Destination), segment.DestinationPort);
        TcpFlags flags = segment.Flags;
        bool opens = (flags & (TcpFlags.Syn | TcpFlags.Reset)) == TcpFlags.Syn;
        int handle = Find(
            arrival, TransportProtocol.Tcp, source, destination, out FlowDirection direction);
        if (handle >= 0
            && opens
            && direction == FlowDirection.FromClient
            && engine.Connections[handle].IsReusable)
        {
            engine.Connections.Remove(handle);
            handle = -1;
        }

        if (handle < 0)
        {
            DropReason refusal = OpenTcp(
                arrival, packet, segment, source, destination, opens, out handle);
            if (refusal != DropReason.None)
            {
                return refusal;
            }

            direction = FlowDirection.FromClient;
        }

        return _relay.Tcp(arrival, packet, handle, direction, flags);
    }

    private int Find(
        in Arrival arrival,
        TransportProtocol protocol,
        in Endpoint source,
        in Endpoint destination,
        out FlowDirection direction) => engine.Connections.Find(
            arrival.FlowHash != FlowHint.None
                ? arrival.FlowHash
                : engine.Connections.HashOf(protocol, source, destination),
            protocol,
            source,
            destination,
            out direction);

    /// <summary>A segment of no connection: makes one, or says why not.</summary>
    private DropReason OpenTcp(
        in Arrival arrival,
        Ipv4Packet packet,
        TcpSegment segment,
        in Endpoint client,
        in Endpoint destination,
        bool opens,
        out int handle)
    {
        handle = -1;
        if (!engine.Held.Contains(destination.Address))
        {
            return DropReason.NotRouted;
        }

        VirtualService? service = engine.Services.Find(
            TransportProtocol.Tcp, destination.Address, destination.Port);
        if (service is not null && opens && client.Port != FtpDataPort)
        {
            return Open(arrival, packet, service, client, destination, out handle);
        }

        if (!HasRightChecksum(arrival, packet))
        {
            return DropReason.BadTransportChecksum;
        }

        if (service is not null && arrival.Now < engine.SettlesUntil)
        {
            return DropReason.Unsettled;
        }

        if ((segment.Flags & TcpFlags.Reset) == 0)
        {
            engine.Answers.Reset(arrival, packet, segment);
        }

        return service is null ? DropReason.NoService : DropReason.NoConnection;
    }

    private DropReason OnUdp(in Arrival arrival, Ipv4Packet packet)
    {
        if (!UdpDatagram.TryParse(packet.Payload, out UdpDatagram datagram))
        {
            return DropReason.MalformedTransport;
        }

        Endpoint source = new(IpAddress.FromIpv4(packet.Source), datagram.SourcePort);
        Endpoint destination =
            new(IpAddress.FromIpv4(packet.Destination), datagram.DestinationPort);
        int handle = Find(
            arrival, TransportProtocol.Udp, source, destination, out FlowDirection direction);
        if (handle < 0)
        {
            DropReason refusal = OpenUdp(arrival, packet, source, destination, out handle);
            if (refusal != DropReason.None)
            {
                return refusal;
            }

            direction = FlowDirection.FromClient;
        }

        return _relay.Udp(arrival, packet, handle, direction);
    }

    private DropReason OpenUdp(
        in Arrival arrival,
        Ipv4Packet packet,
        in Endpoint client,
        in Endpoint destination,
        out int handle)
    {
        handle = -1;
        if (!engine.Held.Contains(destination.Address))
        {
            return DropReason.NotRouted;
        }

        VirtualService? service = engine.Services.Find(
            TransportProtocol.Udp, destination.Address, destination.Port);
        if (service is not null)
        {
            return Open(arrival, packet, service, client, destination, out handle);
        }

        if (!HasRightChecksum(arrival, packet))
        {
            return DropReason.BadTransportChecksum;
        }

        Refuse(arrival, packet, IcmpError.PortUnreachable);
        return DropReason.NoService;
    }

    /// <summary>A new connection to a service: the scheduler has its say.</summary>
    private DropReason Open(
        in Arrival arrival,
        Ipv4Packet packet,
        VirtualService service,
        in Endpoint client,
        in Endpoint destination,
        out int handle)
    {
        handle = -1;
        if (engine.Held.Contains(client.Address))
        {
            return DropReason.MartianSource;
        }

        FlowKey flow = new(service.Key.Protocol, client, destination);
        RealServer? server = service.Schedule.Pick(service, flow, arrival.Now);
        if (server is null)
        {
            Refuse(arrival, packet, IcmpError.PortUnreachable);
            return DropReason.NoDestination;
        }

        if (server.Method is not (ForwardingMethod.Nat or ForwardingMethod.Direct))
        {
            return DropReason.MethodUnsupported;
        }

        handle = engine.Connections.Create(service, server, flow, arrival.Now);
        return handle < 0 ? DropReason.ConnectionTableFull : DropReason.None;
    }

    private DropReason OnIcmp(in Arrival arrival, Ipv4Packet packet)
    {
        if (!IcmpMessage.TryParse(packet.Payload, out IcmpMessage message))
        {
            return DropReason.MalformedTransport;
        }

        // Nobody's device sums ICMP: an unfinished checksum is a wrong one.
        if (!message.HasRightChecksum)
        {
            return DropReason.BadTransportChecksum;
        }

        bool isHeld = engine.Held.Contains(IpAddress.FromIpv4(packet.Destination));
        switch (message.Type)
        {
            case IcmpType.EchoRequest when isHeld:
                return engine.Answers.Echo(arrival, packet, message);
            case IcmpType.DestinationUnreachable:
            case IcmpType.SourceQuench:
            case IcmpType.TimeExceeded:
                return OnIcmpError(arrival, packet, message);
            default:
                return isHeld ? DropReason.IcmpUnhandled : DropReason.NotRouted;
        }
    }

    /// <summary>
    /// An error about a packet that we sent on: the connection is that of a packet which goes the
    /// other way.
    /// </summary>
    private DropReason OnIcmpError(in Arrival arrival, Ipv4Packet packet, IcmpMessage message)
    {
        if (!QuotedPacket.TryParse(message.Quoted, out QuotedPacket quoted))
        {
            return DropReason.MalformedTransport;
        }

        Endpoint source = new(IpAddress.FromIpv4(quoted.Destination), quoted.DestinationPort);
        Endpoint destination = new(IpAddress.FromIpv4(quoted.Source), quoted.SourcePort);
        int handle = engine.Connections.Find(
            (TransportProtocol)quoted.Protocol, source, destination, out FlowDirection direction);

        // The error is for the end that sent the quoted packet, else it is not about it.
        return handle >= 0 && packet.Destination == quoted.Source
            ? _relay.Icmp(arrival, packet, message, quoted, handle, direction)
            : DropReason.IcmpUnrelated;
    }

    private DropReason OnOther(in Arrival arrival, Ipv4Packet packet)
    {
        if (!engine.Held.Contains(IpAddress.FromIpv4(packet.Destination)))
        {
            return DropReason.NotRouted;
        }

        Refuse(arrival, packet, IcmpError.ProtocolUnreachable);
        return DropReason.UnknownProtocol;
    }

    private void Refuse(in Arrival arrival, Ipv4Packet packet, byte code) =>
        engine.Answers.Error(
            arrival, packet, packet.Destination, IcmpType.DestinationUnreachable, code);

    /// <summary>The transport checksum is right, absent, or vouched for by the device.</summary>
    private static bool HasRightChecksum(in Arrival arrival, Ipv4Packet packet) =>
        arrival.Offload.Checksum != ChecksumState.Unchecked
        || TransportChecksum.IsRight(packet);

    /// <summary>0.0.0.0/8, 127.0.0.0/8 and 224.0.0.0/3 send nothing. RFC 1812 §5.3.7.</summary>
    private static bool IsMartian(uint source)
    {
        uint network = source >> 24;
        return network is 0 or 127 or >= 224;
    }
}

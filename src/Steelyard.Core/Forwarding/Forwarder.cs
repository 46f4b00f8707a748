using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Decides what becomes of a frame: every branch that looks at a packet stands here and in the
/// order in which a packet meets them; how it is carried out stands elsewhere.
/// </summary>
internal sealed class Forwarder
{
    private readonly Engine _engine;
    private readonly Relay _relay;
    private readonly ServerRouting _routing;
    private readonly Opening _opening;
    private readonly KeyExchange _exchange;
    private readonly IcmpErrors _errors;
    private readonly Gathering _gathering;

    public Forwarder(Engine engine)
    {
        _engine = engine;
        _relay = new(engine);
        _routing = new(engine, _relay);
        _opening = new(engine, _routing);
        _exchange = new(engine, _relay);
        _errors = new(engine, _relay, _opening, _routing);
        _gathering = new(engine);
    }

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
        bool isHeld = port.HoldsStation(frame.Destination);
        if (!isHeld || isOnVlan || frame.Type == EtherType.Arp)
        {
            // Tunnels leave under the interface's own name, and so errors about them come to it.
            // The kernel gets those too, and knows of no such packet.
            bool isOwnStation = !isHeld
                && !isOnVlan
                && frame.Type != EtherType.Arp
                && frame.Destination == port.HardwareAddress;
            if (isOwnStation && IsTunnelError(port, octets, offload, frame, now))
            {
                return;
            }

            if (!isOwnStation || !IsRouted(frame, flowHash))
            {
                port.Counters.NotOurs++;
                return;
            }
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
            EtherType.Ipv6 => OnIpv6(arrival, frame.Payload),
            _ => DropReason.UnknownEtherType,
        };
        if (reason != DropReason.None)
        {
            port.Counters.Drop(reason);
        }
    }

    /// <summary>
    /// A router or a server has this box for its next hop, by the box's own address: what comes to
    /// the interface's own station and is for a virtual address, or answers a client of ours. The
    /// kernel is kept from the former, and knows no way for the latter.
    /// </summary>
    private bool IsRouted(EthernetFrame frame, uint flowHash)
    {
        if (_engine.Held.Count == 0
            || frame.Type is not (EtherType.Ipv4 or EtherType.Ipv6)
            || !IpPacket.TryParse(frame.Payload, out IpPacket packet))
        {
            return false;
        }

        if (_engine.Held.Contains(packet.Destination))
        {
            return true;
        }

        if (packet.Protocol is not (IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp)
            || !TransportHeader.TryRead(packet, out TransportHeader header))
        {
            return false;
        }

        Endpoint source = new(packet.Source, header.SourcePort);
        Endpoint destination = new(packet.Destination, header.DestinationPort);
        uint hash = flowHash != FlowHint.None
            ? flowHash
            : _engine.Connections.HashOf(header.Protocol, source, destination);
        return (_engine.Connections.Find(
                hash, header.Protocol, source, destination, out FlowDirection direction) >= 0
                && direction == FlowDirection.FromServer)
            || _engine.Services.Book.FindOnePacket(header.Protocol, source) is not null;
    }

    /// <summary>An ICMP error about a tunnel's packet: its client is told.</summary>
    private bool IsTunnelError(
        EnginePort port,
        Span<byte> octets,
        in FrameOffload offload,
        EthernetFrame frame,
        Instant now)
    {
        if (!IcmpErrors.MayBeOne(frame.Payload)
            || !IpPacket.TryParse(frame.Payload, out IpPacket packet)
            || packet.Protocol is not (IpProtocol.Icmp or IpProtocol.Icmpv6)
            || !IcmpMessage.TryParse(packet.Payload, out IcmpMessage message))
        {
            return false;
        }

        Arrival arrival = new(in offload)
        {
            Port = port,
            Frame = octets,
            PacketOffset = frame.PayloadOffset,
            Now = now,
        };
        uint pseudoHeader = packet.IsIpv4 ? 0 : packet.PseudoHeader(message.Octets.Length);
        if (!message.HasRightChecksum(pseudoHeader)
            || !_errors.IsAboutTunnel(arrival, packet, message, out DropReason reason))
        {
            return false;
        }

        if (reason != DropReason.None)
        {
            port.Counters.Drop(reason);
        }

        return true;
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

        return packet.IsFragment
            ? OnFragment(arrival, octets)
            : OnIp(arrival, IpPacket.Of(packet));
    }

    private DropReason OnIpv6(in Arrival arrival, Span<byte> octets)
    {
        if (!Ipv6Packet.TryParse(octets, out Ipv6Packet packet)
            || !Ipv6Extensions.TryWalk(packet.Octets, out Ipv6Extensions extensions))
        {
            return DropReason.MalformedIpv6;
        }

        // A mapped address is one of IPv4, and on no wire of IPv6. RFC 4291 §2.5.5.2.
        if (IsMartian(packet.Source) || packet.Destination.IsIpv4)
        {
            return DropReason.MartianSource;
        }

        if (extensions.IsRouted)
        {
            return DropReason.SourceRouted;
        }

        return extensions.FragmentOffset != 0
            ? OnFragment(arrival, octets)
            : OnIp(arrival, IpPacket.Of(packet, extensions));
    }

    /// <summary>A part of a packet; the last that was missing makes it whole.</summary>
    private DropReason OnFragment(in Arrival arrival, Span<byte> octets)
    {
        DropReason reason = _gathering.Offer(arrival, octets, out Arrival whole);
        if (reason != DropReason.None || whole.Frame.IsEmpty)
        {
            return reason;
        }

        Span<byte> gathered = whole.Frame[whole.PacketOffset..];
        if (Ipv4Packet.TryParse(gathered, out Ipv4Packet ipv4))
        {
            return OnIp(whole, IpPacket.Of(ipv4));
        }

        // What stood behind the fragment header is seen only now; another one is no packet's.
        if (!Ipv6Packet.TryParse(gathered, out Ipv6Packet ipv6)
            || !Ipv6Extensions.TryWalk(ipv6.Octets, out Ipv6Extensions extensions)
            || extensions.FragmentOffset != 0)
        {
            return DropReason.MalformedFragment;
        }

        return extensions.IsRouted
            ? DropReason.SourceRouted
            : OnIp(whole, IpPacket.Of(ipv6, extensions));
    }

    /// <summary>A whole packet of either family.</summary>
    private DropReason OnIp(in Arrival arrival, in IpPacket packet) => packet.Protocol switch
    {
        IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp => OnTransport(arrival, packet),
        IpProtocol.Icmp when packet.IsIpv4 => OnIcmp(arrival, packet),
        IpProtocol.Icmpv6 when !packet.IsIpv4 => OnIcmpv6(arrival, packet),
        _ => OnOther(arrival, packet),
    };

    private DropReason OnTransport(in Arrival arrival, in IpPacket packet)
    {
        if (!TransportHeader.TryRead(packet, out TransportHeader header))
        {
            return DropReason.MalformedTransport;
        }

        Endpoint source = new(packet.Source, header.SourcePort);
        Endpoint destination = new(packet.Destination, header.DestinationPort);
        uint hash = arrival.FlowHash != FlowHint.None
            ? arrival.FlowHash
            : _engine.Connections.HashOf(header.Protocol, source, destination);
        int handle = _engine.Connections.Find(
            hash, header.Protocol, source, destination, out FlowDirection direction);
        if (handle >= 0 && direction == FlowDirection.FromClient)
        {
            DropReason old = _opening.Reconsider(header, ref handle);
            if (old != DropReason.None)
            {
                return old;
            }
        }

        if (handle < 0)
        {
            DropReason refusal = _opening.Open(
                arrival, packet, header, source, destination, out handle, out direction);
            if (refusal != DropReason.None || handle < 0)
            {
                return refusal;
            }
        }

        return _relay.Carry(arrival, packet, handle, direction, header);
    }

    private DropReason OnIcmp(in Arrival arrival, in IpPacket packet)
    {
        if (!IcmpMessage.TryParse(packet.Payload, out IcmpMessage message))
        {
            return DropReason.MalformedTransport;
        }

        // Nobody's device sums ICMP: an unfinished checksum is a wrong one.
        if (!message.HasRightChecksum())
        {
            return DropReason.BadTransportChecksum;
        }

        bool isHeld = _engine.Held.Contains(packet.Destination);
        switch (message.Type)
        {
            case IcmpType.EchoRequest when isHeld:
                return _engine.Answers.Echo(arrival, packet, message);
            case IcmpType.DestinationUnreachable:
            case IcmpType.SourceQuench:
            case IcmpType.TimeExceeded:
                return OnIcmpError(arrival, packet, message);
            default:
                return isHeld ? DropReason.IcmpUnhandled : _routing.Route(arrival, packet);
        }
    }

    private DropReason OnIcmpv6(in Arrival arrival, in IpPacket packet)
    {
        if (!IcmpMessage.TryParse(packet.Payload, out IcmpMessage message))
        {
            return DropReason.MalformedTransport;
        }

        if (!message.HasRightChecksum(packet.PseudoHeader(message.Octets.Length)))
        {
            return DropReason.BadTransportChecksum;
        }

        bool isHeld = _engine.Held.Contains(packet.Destination);
        switch (message.TypeIpv6)
        {
            case Icmpv6Type.EchoRequest when isHeld:
                return _engine.Answers.Echo(arrival, packet, message);
            case < Icmpv6Type.EchoRequest:
                return OnIcmpError(arrival, packet, message);
            default:
                // Neighbour discovery is the control loop's; its own socket has seen it.
                return isHeld ? DropReason.IcmpUnhandled : _routing.Route(arrival, packet);
        }
    }

    private DropReason OnIcmpError(in Arrival arrival, in IpPacket packet, in IcmpMessage message)
    {
        if (!QuotedPacket.TryParse(message.Quoted, out QuotedPacket quoted)
            || quoted.IsIpv4 != packet.IsIpv4)
        {
            return DropReason.MalformedTransport;
        }

        return _errors.Handle(arrival, packet, message, quoted);
    }

    private DropReason OnOther(in Arrival arrival, in IpPacket packet)
    {
        if (KeyExchange.Leads(packet.Protocol)
            && _exchange.TryCarry(arrival, packet, out DropReason reason))
        {
            return reason;
        }

        if (!_engine.Held.Contains(packet.Destination))
        {
            return _routing.Route(arrival, packet);
        }

        _engine.Answers.Refuse(
            arrival,
            packet,
            IcmpReason.ProtocolUnreachable(packet.IsIpv4, Ipv6NextHeader(packet)));
        return DropReason.UnknownProtocol;
    }

    // Where the fixed header names what follows; with extension headers the last of these does.
    private static uint Ipv6NextHeader(in IpPacket packet) =>
        packet.HeaderLength == Ipv6Packet.HeaderLength ? 6u : (uint)packet.HeaderLength;

    /// <summary>0.0.0.0/8, 127.0.0.0/8 and 224.0.0.0/3 send nothing. RFC 1812 §5.3.7.</summary>
    private static bool IsMartian(uint source)
    {
        uint network = source >> 24;
        return network is 0 or 127 or >= 224;
    }

    /// <summary>::/128, ::1/128, mapped addresses and groups send nothing. RFC 4291 §2.5, §2.7.
    /// </summary>
    private static bool IsMartian(IpAddress source) =>
        source.IsMulticast || source.IsIpv4 || (source.High == 0 && source.Low <= 1);
}

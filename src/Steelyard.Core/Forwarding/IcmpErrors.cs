using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An ICMP error about a packet that we sent on: it is for the end that sent that packet, which
/// knows it by other addresses.
/// </summary>
internal sealed class IcmpErrors(Engine engine, Relay relay, Opening opening)
{
    private const byte FragmentationNeeded = 4;
    private const int Ipv4ProtocolOffset = 9;
    private const int Ipv6NextHeaderOffset = 6;

    /// <summary>A quick look at an IP packet: whether it is an ICMP error at all.</summary>
    public static bool MayBeOne(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Ipv6Packet.HeaderLength)
        {
            return false;
        }

        return octets[0] >> 4 == 4
            ? octets[Ipv4ProtocolOffset] == (byte)IpProtocol.Icmp
            : octets[Ipv6NextHeaderOffset] == (byte)IpProtocol.Icmpv6
                && octets.Length > Ipv6Packet.HeaderLength
                && octets[Ipv6Packet.HeaderLength] < (byte)Icmpv6Type.EchoRequest;
    }

    public DropReason Handle(
        in Arrival arrival, IpPacket packet, IcmpMessage message, QuotedPacket quoted)
    {
        if (IsAboutTunnel(arrival, packet, message, out DropReason reason))
        {
            return reason;
        }

        // The connection is that of a packet which goes the other way.
        Endpoint source = new(quoted.Destination, quoted.DestinationPort);
        Endpoint destination = new(quoted.Source, quoted.SourcePort);
        int handle = engine.Connections.Find(
            (TransportProtocol)quoted.Protocol, source, destination, out FlowDirection direction);

        if (handle < 0 && engine.Settings.ScheduleIcmp)
        {
            TransportProtocol protocol = (TransportProtocol)quoted.Protocol;
            handle = opening.OpenForError(arrival, packet, new(protocol, source, destination));
            direction = FlowDirection.FromClient;
        }

        // The error is for the end that sent the quoted packet, else it is not about it.
        return handle >= 0 && packet.Destination == quoted.Source
            ? relay.Icmp(arrival, packet, message, quoted, handle, direction)
            : DropReason.IcmpUnrelated;
    }

    /// <summary>
    /// The error is about a packet in which we had wrapped a client's: the client is told, by an
    /// error about its own packet. RFC 2003 §5.
    /// </summary>
    public bool IsAboutTunnel(
        in Arrival arrival, IpPacket packet, IcmpMessage message, out DropReason reason)
    {
        reason = DropReason.None;
        if (!TunnelRewrite.TryUnwrap(message.Quoted, out QuotedTunnel tunnel)
            || !QuotedPacket.TryParse(message.Quoted[tunnel.InnerOffset..], out QuotedPacket inner))
        {
            return false;
        }

        int handle = engine.Connections.Find(
            (TransportProtocol)inner.Protocol,
            new(inner.Source, inner.SourcePort),
            new(inner.Destination, inner.DestinationPort),
            out FlowDirection direction);
        if (handle < 0
            || direction != FlowDirection.FromClient
            || engine.Connections[handle].Method != ForwardingMethod.Tunnel
            || engine.Connections.Server(handle).Endpoint.Address != tunnel.Destination
            || packet.Destination != tunnel.Source)
        {
            return false;
        }

        reason = TellClient(arrival, packet, message, inner, tunnel, handle);
        return true;
    }

    private DropReason TellClient(
        in Arrival arrival,
        IpPacket packet,
        IcmpMessage message,
        QuotedPacket inner,
        in QuotedTunnel tunnel,
        int handle)
    {
        IcmpReason said = new((byte)message.Type, message.Code);
        if (IsTooBig(packet, message))
        {
            int mtu = (int)Math.Min(message.Rest & ushort.MaxValue, ushort.MaxValue);
            int least = packet.IsIpv4 ? TunnelRewrite.LeastIpv4Mtu : TunnelRewrite.LeastIpv6Mtu;
            if (mtu < least)
            {
                return DropReason.IcmpUnrelated;
            }

            engine.Connections.Server(handle).LearnPathMtu(mtu, arrival.Now);
            said = IcmpReason.TooBig(
                inner.IsIpv4,
                TunnelRewrite.InnerMtu(mtu, tunnel.InnerOffset, inner.IsIpv4));
        }
        else if (packet.IsIpv4 != inner.IsIpv4)
        {
            // The families number their reasons differently; all of these mean: not reached.
            said = IcmpReason.HostUnreachable(inner.IsIpv4);
        }

        ReadOnlySpan<byte> about = message.Quoted[tunnel.InnerOffset..];
        return engine.Answers.Tell(arrival, about, inner.Destination, inner.Source, said);
    }

    private static bool IsTooBig(IpPacket packet, IcmpMessage message) => packet.IsIpv4
        ? message is { Type: IcmpType.DestinationUnreachable, Code: FragmentationNeeded }
        : message.TypeIpv6 == Icmpv6Type.PacketTooBig;
}

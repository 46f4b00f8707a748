using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An ICMP error about a packet that we sent on: it is for the end that sent that packet, which
/// knows it by other addresses.
/// </summary>
internal sealed class IcmpErrors(
    Engine engine, Relay relay, Opening opening, ServerRouting routing)
{
    private const byte FragmentationNeeded = 4;

    // Smaller links are gone; who tells of one would slow all clients down. As Linux's min_pmtu.
    private const int LeastBelieved = 552;

    /// <summary>A quick look at an IP packet: whether it is an ICMP error at all.</summary>
    public static bool MayBeOne(ReadOnlySpan<byte> octets)
    {
        if (!IpPacketHead.TryParse(octets, out IpPacketHead head)
            || octets.Length <= head.HeaderLength
            || head.IsLaterFragment)
        {
            return false;
        }

        byte type = octets[head.HeaderLength];
        return head.IsIpv4
            ? head.Protocol == IpProtocol.Icmp
                && (IcmpType)type is IcmpType.DestinationUnreachable
                    or IcmpType.SourceQuench or IcmpType.TimeExceeded
            : head.Protocol == IpProtocol.Icmpv6 && type < (byte)Icmpv6Type.EchoRequest;
    }

    public DropReason Handle(
        in Arrival arrival, in IpPacket packet, in IcmpMessage message, in QuotedPacket quoted)
    {
        if (IsAboutTunnel(arrival, packet, message, out DropReason reason))
        {
            return reason;
        }

        // The connection is that of a packet which goes the other way.
        bool isFlow = TryReturn(quoted, out FlowKey flow);
        FlowDirection direction = FlowDirection.Unknown;
        int handle = isFlow
            ? engine.Connections.Find(flow.Protocol, flow.Client, flow.Virtual, out direction)
            : -1;
        bool isForSender = packet.Destination == quoted.Source;
        bool mayOpen = isFlow && quoted.HasPorts && engine.Settings.ScheduleIcmp;
        if (handle < 0 && isForSender && mayOpen)
        {
            handle = opening.OpenForError(arrival, packet, flow);
            direction = FlowDirection.FromClient;
        }

        // The error is for the end that sent the quoted packet, else it is not about it.
        if (handle >= 0 && isForSender)
        {
            return relay.Icmp(arrival, packet, message, quoted, handle, direction);
        }

        DropReason routed = engine.Held.Contains(packet.Destination)
            ? DropReason.NotRouted
            : routing.Route(arrival, packet);
        return routed == DropReason.NotRouted ? DropReason.IcmpUnrelated : routed;
    }

    /// <summary>The flow of packets that go the other way than the quoted one.</summary>
    private static bool TryReturn(in QuotedPacket quoted, out FlowKey flow)
    {
        if (KeyExchange.Leads(quoted.Protocol))
        {
            flow = KeyExchange.FlowOf(quoted.Destination, quoted.Source);
            return true;
        }

        flow = quoted.HasPorts
            ? new(
                (TransportProtocol)quoted.Protocol,
                new(quoted.Destination, quoted.DestinationPort),
                new(quoted.Source, quoted.SourcePort))
            : default;
        return quoted.HasPorts;
    }

    /// <summary>
    /// The error is about a packet in which we had wrapped a client's: the client is told, by an
    /// error about its own packet. RFC 2003 §5.
    /// </summary>
    public bool IsAboutTunnel(
        in Arrival arrival, in IpPacket packet, IcmpMessage message, out DropReason reason)
    {
        reason = DropReason.None;
        if (!TunnelRewrite.TryUnwrap(message.Quoted, out QuotedTunnel tunnel)
            || !QuotedPacket.TryParse(message.Quoted[tunnel.InnerOffset..], out QuotedPacket inner)
            || !TryReturn(inner, out FlowKey flow))
        {
            return false;
        }

        int handle = engine.Connections.Find(
            flow.Protocol, flow.Virtual, flow.Client, out FlowDirection direction);
        if (handle < 0
            || direction != FlowDirection.FromClient
            || engine.Connections[handle].Method != ForwardingMethod.Tunnel
            || engine.Connections.Server(handle).Endpoint.Address != tunnel.Destination
            || !IsOf(engine.Connections.Server(handle).Settings.Tunnel, tunnel)
            || packet.Destination != tunnel.Source)
        {
            return false;
        }

        reason = TellClient(arrival, packet, message, inner, tunnel, handle);
        return true;
    }

    private DropReason TellClient(
        in Arrival arrival,
        in IpPacket packet,
        in IcmpMessage message,
        in QuotedPacket inner,
        in QuotedTunnel tunnel,
        int handle)
    {
        IcmpReason said = new((byte)message.Type, message.Code);
        if (IsTooBig(packet, message))
        {
            int mtu = (int)Math.Min(message.Rest & ushort.MaxValue, ushort.MaxValue);
            mtu = Math.Max(
                mtu, packet.IsIpv4 ? LeastBelieved : TunnelRewrite.LeastIpv6Mtu);
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

    private static bool IsOf(in TunnelSettings settings, in QuotedTunnel tunnel) =>
        settings.Kind == tunnel.Kind
        && (settings.Kind != TunnelKind.Gue || settings.Port == tunnel.Port);

    private static bool IsTooBig(in IpPacket packet, in IcmpMessage message) => packet.IsIpv4
        ? message is { Type: IcmpType.DestinationUnreachable, Code: FragmentationNeeded }
        : message.TypeIpv6 == Icmpv6Type.PacketTooBig;
}

using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Puts a packet into another one that carries it to its server, and finds it again in an ICMP
/// error about that other one. RFC 2003; RFC 2473; RFC 2784; draft-ietf-intarea-gue-09.
/// </summary>
internal static class TunnelRewrite
{
    /// <summary>The least that an IPv4 link takes, in octets. RFC 791 §3.2.</summary>
    public const int LeastIpv4Mtu = 68;

    /// <summary>The least that an IPv6 link takes, in octets. RFC 8200 §5.</summary>
    public const int LeastIpv6Mtu = 1280;

    // The dynamic ports, where a flow's entropy goes. RFC 6335 §6; RFC 7510 §3.
    private const uint DynamicPorts = 0xC000;

    private const byte EcnMask = 0x03;
    private const byte CongestionExperienced = 0x03;
    private const byte EcnCapableZero = 0x02;

    /// <summary>Octets that a tunnel puts before a packet.</summary>
    public static int Overhead(in TunnelSettings tunnel, bool isOuterIpv4) =>
        (isOuterIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength)
        + (tunnel.Kind switch
        {
            TunnelKind.Gre => GreHeader.LengthOf(HasChecksum(tunnel)),
            TunnelKind.Gue => UdpDatagram.HeaderLength + GueHeader.BareLength,
            _ => 0,
        });

    /// <summary>The UDP source port that tells a flow from others along the way.</summary>
    public static ushort SourcePort(uint flowHash) =>
        unchecked((ushort)(flowHash | DynamicPorts));

    /// <summary>
    /// Whether the outer packet may not be cut. The inner one decides: an IPv4 packet by its bit;
    /// an IPv6 packet lets the outer one be cut, as with LVS.
    /// </summary>
    /// <param name="inner">The packet to be carried.</param>
    /// <param name="honoursDontFragment">The setting <c>pmtu_disc</c>.</param>
    public static bool DontFragment(IpPacketHead inner, bool honoursDontFragment) =>
        honoursDontFragment && inner.IsIpv4 && inner.DontFragment;

    /// <summary>
    /// Writes the headers before a packet. Hops, traffic class and ECN come from it; its own hop
    /// count is lowered already, and its checksums are complete, since GRE's and UDP's cover them.
    /// A remote checksum is written as a local one, as by LVS for packets with complete checksums.
    /// </summary>
    /// <param name="packet">
    /// The outer packet, of at most 65,535 octets; the inner one stands at its end, behind
    /// <see cref="Overhead"/> octets.
    /// </param>
    /// <param name="tunnel">What is put around it.</param>
    /// <param name="source">The box.</param>
    /// <param name="destination">The server, of the same family.</param>
    /// <param name="dontFragment">Of no use over IPv6, whose routers never cut.</param>
    /// <param name="identification">
    /// For an IPv4 packet that may be cut; one that may not carries zero. RFC 6864 §4.1.
    /// </param>
    /// <param name="sourcePort">Of GUE alone: <see cref="SourcePort"/>.</param>
    public static void Wrap(
        Span<byte> packet,
        in TunnelSettings tunnel,
        IpAddress source,
        IpAddress destination,
        bool dontFragment,
        ushort identification,
        ushort sourcePort)
    {
        bool isIpv4 = destination.IsIpv4;
        IpPacketHead inner = new(packet[Overhead(tunnel, isIpv4)..]);
        IpProtocol protocol = ProtocolOf(tunnel.Kind, inner.IsIpv4);
        byte trafficClass = TrafficClass(inner.TrafficClass);
        if (isIpv4)
        {
            Ipv4Packet.Write(
                packet,
                trafficClass,
                dontFragment ? (ushort)0 : identification,
                dontFragment,
                inner.HopsLeft,
                protocol,
                source.Ipv4,
                destination.Ipv4);
        }
        else
        {
            Ipv6Packet.Write(
                packet, protocol, inner.HopsLeft, source, destination, trafficClass);
        }

        Span<byte> body =
            packet[(isIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength)..];
        if (tunnel.Kind == TunnelKind.Gre)
        {
            GreHeader.Write(
                body, inner.IsIpv4 ? EtherType.Ipv4 : EtherType.Ipv6, HasChecksum(tunnel));
        }
        else if (tunnel.Kind == TunnelKind.Gue)
        {
            GueHeader.Write(
                body[UdpDatagram.HeaderLength..], ProtocolOf(TunnelKind.Ipip, inner.IsIpv4));
            UdpDatagram datagram = UdpDatagram.Write(body, sourcePort, tunnel.Port);
            if (HasChecksum(tunnel))
            {
                datagram.RewriteChecksum(InternetChecksum.PseudoHeader(
                    source, destination, (byte)IpProtocol.Udp, body.Length));
            }
        }
    }

    /// <summary>
    /// Finds the packet that was carried in the start of one that is quoted in an ICMP error. Only
    /// whoever knows the servers can tell that it is ours: a client's own datagram may look like
    /// GUE.
    /// </summary>
    /// <param name="quoted">The quoted packet, as far as it was quoted.</param>
    /// <param name="tunnel">Where it went, and where the inner packet starts.</param>
    /// <returns>False when there is no whole inner IP header.</returns>
    public static bool TryUnwrap(ReadOnlySpan<byte> quoted, out QuotedTunnel tunnel)
    {
        tunnel = default;
        if (!TryReadOuter(quoted, out IpProtocol protocol, out int offset))
        {
            return false;
        }

        ReadOnlySpan<byte> body = quoted[offset..];
        TunnelKind kind = TunnelKind.Ipip;
        ushort port = 0;
        if (protocol == IpProtocol.Gre)
        {
            if (!GreHeader.TryParse(body, out GreHeader gre))
            {
                return false;
            }

            kind = TunnelKind.Gre;
            offset += gre.Length;
            protocol = ProtocolOf(gre.Type);
        }
        else if (protocol == IpProtocol.Udp)
        {
            if (body.Length < UdpDatagram.HeaderLength
                || !GueHeader.TryParse(body[UdpDatagram.HeaderLength..], out GueHeader gue))
            {
                return false;
            }

            kind = TunnelKind.Gue;
            port = UdpDatagram.DestinationPortOf(body);
            offset += UdpDatagram.HeaderLength + gue.Length;
            protocol = gue.Protocol;
        }

        if (!IpPacketHead.TryParse(quoted[offset..], out IpPacketHead inner)
            || protocol != ProtocolOf(TunnelKind.Ipip, inner.IsIpv4))
        {
            return false;
        }

        IpPacketHead outer = new(quoted);
        tunnel = new(kind, outer.Source, outer.Destination, port, offset);
        return true;
    }

    /// <summary>
    /// What a sender is told when the way through the tunnel takes only so much; never less than
    /// the least of its family.
    /// </summary>
    /// <param name="mtu">What the outer packet may have, in octets.</param>
    /// <param name="overhead">Octets before the inner packet.</param>
    public static int InnerMtu(int mtu, int overhead, bool isInnerIpv4) =>
        Math.Max(mtu - overhead, isInnerIpv4 ? LeastIpv4Mtu : LeastIpv6Mtu);

    private static bool HasChecksum(in TunnelSettings tunnel) =>
        tunnel.Checksum != TunnelChecksum.None;

    private static IpProtocol ProtocolOf(TunnelKind kind, bool isInnerIpv4) => kind switch
    {
        TunnelKind.Gre => IpProtocol.Gre,
        TunnelKind.Gue => IpProtocol.Udp,
        _ => isInnerIpv4 ? IpProtocol.Ipip : IpProtocol.Ipv6,
    };

    private static IpProtocol ProtocolOf(EtherType type) => type switch
    {
        EtherType.Ipv4 => IpProtocol.Ipip,
        EtherType.Ipv6 => IpProtocol.Ipv6,
        _ => IpProtocol.Unknown,
    };

    /// <summary>
    /// All of it, but congestion that was met before the tunnel is not told inside. RFC 3168
    /// §9.1.1, full functionality.
    /// </summary>
    private static byte TrafficClass(byte inner) =>
        (inner & EcnMask) == CongestionExperienced
            ? (byte)((inner & ~EcnMask) | EcnCapableZero)
            : inner;

    /// <summary>The first fragment of an outer packet, or all of it.</summary>
    private static bool TryReadOuter(
        ReadOnlySpan<byte> quoted, out IpProtocol protocol, out int offset)
    {
        protocol = IpProtocol.Unknown;
        offset = 0;
        if (!IpPacketHead.TryParse(quoted, out IpPacketHead head) || head.IsLaterFragment)
        {
            return false;
        }

        protocol = head.Protocol;
        offset = head.HeaderLength;
        return protocol is IpProtocol.Ipip or IpProtocol.Ipv6 or IpProtocol.Gre or IpProtocol.Udp
            && offset <= quoted.Length;
    }
}

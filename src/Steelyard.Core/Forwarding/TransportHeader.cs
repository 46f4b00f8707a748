using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>What forwarding must know of a TCP, UDP or SCTP header.</summary>
/// <param name="Protocol">Which of the three.</param>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Flags">TCP's control bits.</param>
internal readonly record struct TransportHeader(
    TransportProtocol Protocol, ushort SourcePort, ushort DestinationPort, TcpFlags Flags)
{
    /// <summary>A segment that opens a connection: SYN without RST. RFC 9293 §3.5.</summary>
    public bool IsSyn => Protocol == TransportProtocol.Tcp
        && (Flags & (TcpFlags.Syn | TcpFlags.Reset)) == TcpFlags.Syn;

    /// <summary>False when the lengths cannot be.</summary>
    public static bool TryRead(IpPacket packet, out TransportHeader header)
    {
        Span<byte> octets = packet.Payload;
        if (packet.Protocol == IpProtocol.Tcp)
        {
            bool isTcp = TcpSegment.TryParse(octets, out TcpSegment segment);
            header = isTcp
                ? new(
                    TransportProtocol.Tcp,
                    segment.SourcePort,
                    segment.DestinationPort,
                    segment.Flags)
                : default;
            return isTcp;
        }

        bool isUdp = UdpDatagram.TryParse(octets, out UdpDatagram datagram);
        header = isUdp
            ? new(
                TransportProtocol.Udp,
                datagram.SourcePort,
                datagram.DestinationPort,
                TcpFlags.None)
            : default;
        return isUdp;
    }
}

using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>What forwarding must know of a TCP, UDP or SCTP header.</summary>
/// <param name="Protocol">Which of the three.</param>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Flags">TCP's control bits.</param>
/// <param name="Chunk">What moves an SCTP association's state.</param>
internal readonly record struct TransportHeader(
    TransportProtocol Protocol,
    ushort SourcePort,
    ushort DestinationPort,
    TcpFlags Flags = TcpFlags.None,
    SctpChunkType Chunk = SctpChunkType.Data)
{
    /// <summary>A segment that opens a connection: SYN without RST. RFC 9293 §3.5.</summary>
    public bool IsSyn => Protocol == TransportProtocol.Tcp
        && (Flags & (TcpFlags.Syn | TcpFlags.Reset)) == TcpFlags.Syn;

    /// <summary>SYN or INIT: what begins a connection on ports that were in use before.</summary>
    public bool Begins => IsSyn
        || (Protocol == TransportProtocol.Sctp && Chunk == SctpChunkType.Init);

    /// <summary>False when the lengths cannot be.</summary>
    public static bool TryRead(in IpPacket packet, out TransportHeader header)
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

        if (packet.Protocol == IpProtocol.Sctp)
        {
            bool isSctp = SctpPacket.TryParse(octets, out SctpPacket sctp);
            header = isSctp
                ? new(
                    TransportProtocol.Sctp,
                    sctp.SourcePort,
                    sctp.DestinationPort,
                    Chunk: sctp.DecisiveChunk)
                : default;
            return isSctp;
        }

        bool isUdp = UdpDatagram.TryParse(octets, out UdpDatagram datagram);
        header = isUdp
            ? new(TransportProtocol.Udp, datagram.SourcePort, datagram.DestinationPort)
            : default;
        return isUdp;
    }
}

using System;
using System.Buffers.Binary;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Guesses a frame's flow from where its words mostly stand, to read ahead. It decides nothing:
/// a frame that looks otherwise has no hint, and the <see cref="Forwarder"/> looks properly.
/// </summary>
internal static class FlowHint
{
    /// <summary>No hint.</summary>
    public const uint None = 0;

    private const int TypeOffset = 12;
    private const int FirstOctetOffset = 14;
    private const int ProtocolOffset = 23;
    private const int SourceOffset = 26;
    private const int DestinationOffset = 30;
    private const int SourcePortOffset = 34;
    private const int DestinationPortOffset = 36;
    private const int Length = 38;
    private const int PlainHeader = 0x45;
    private const int Ipv6ProtocolOffset = 20;
    private const int Ipv6SourceOffset = 22;
    private const int Ipv6DestinationOffset = 38;
    private const int Ipv6PortsOffset = 54;
    private const int Ipv6Length = 58;

    /// <summary>The hash of a TCP or UDP packet without tag and IP options.</summary>
    public static uint HashOf(ReadOnlySpan<byte> frame, ConnectionTable connections)
    {
        if (frame.Length < Length)
        {
            return None;
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(frame[TypeOffset..]);
        if (type == (ushort)EtherType.Ipv6)
        {
            return HashOfIpv6(frame, connections);
        }

        if (type != (ushort)EtherType.Ipv4
            || frame[FirstOctetOffset] != PlainHeader
            || frame[ProtocolOffset] is not ((byte)IpProtocol.Tcp or (byte)IpProtocol.Udp))
        {
            return None;
        }

        Endpoint source = new(
            IpAddress.ReadIpv4(frame[SourceOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[SourcePortOffset..]));
        Endpoint destination = new(
            IpAddress.ReadIpv4(frame[DestinationOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[DestinationPortOffset..]));
        return connections.HashOf(
            (TransportProtocol)frame[ProtocolOffset], source, destination);
    }

    private static uint HashOfIpv6(ReadOnlySpan<byte> frame, ConnectionTable connections)
    {
        if (frame.Length < Ipv6Length
            || frame[Ipv6ProtocolOffset] is not ((byte)IpProtocol.Tcp or (byte)IpProtocol.Udp))
        {
            return None;
        }

        Endpoint source = new(
            IpAddress.ReadIpv6(frame[Ipv6SourceOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[Ipv6PortsOffset..]));
        Endpoint destination = new(
            IpAddress.ReadIpv6(frame[Ipv6DestinationOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[(Ipv6PortsOffset + 2)..]));
        return connections.HashOf(
            (TransportProtocol)frame[Ipv6ProtocolOffset], source, destination);
    }
}

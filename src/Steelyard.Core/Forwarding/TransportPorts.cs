using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What TCP, UDP and SCTP have in common: ports at the same place, a checksum at different ones.
/// </summary>
internal readonly ref struct TransportPorts
{
    private const int SourceOffset = 0;
    private const int DestinationOffset = 2;
    private const int UdpChecksumOffset = 6;
    private const int TcpChecksumOffset = 16;
    private readonly Span<byte> _octets;
    private readonly IpProtocol _protocol;

    /// <param name="packet">Its transport header has been parsed.</param>
    public TransportPorts(in IpPacket packet)
    {
        _octets = packet.Payload;
        _protocol = packet.Protocol;
    }

    public bool IsUdp => _protocol == IpProtocol.Udp;

    public ushort Source
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[SourceOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[SourceOffset..], value);
    }

    public ushort Destination
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[DestinationOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[DestinationOffset..], value);
    }

    /// <summary>Of TCP and UDP.</summary>
    public ushort Checksum
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[ChecksumOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[ChecksumOffset..], value);
    }

    private int ChecksumOffset => IsUdp ? UdpChecksumOffset : TcpChecksumOffset;
}

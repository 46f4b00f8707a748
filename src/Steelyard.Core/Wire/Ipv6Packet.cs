using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>A view of an IPv6 packet's fixed header and what follows it. RFC 8200 §3.</summary>
public readonly ref struct Ipv6Packet
{
    public const int HeaderLength = 40;

    private const uint Version = 6u << 28;
    private const int TrafficClassShift = 20;

    private const int VersionOffset = 0;
    private const int PayloadLengthOffset = 4;
    private const int NextHeaderOffset = 6;
    private const int HopLimitOffset = 7;
    private const int SourceOffset = 8;
    private const int DestinationOffset = 24;

    private readonly Span<byte> _octets;

    private Ipv6Packet(Span<byte> octets) => _octets = octets;

    public int TotalLength => _octets.Length;

    public Span<byte> Octets => _octets;

    /// <summary>The first extension header or the transport protocol.</summary>
    public IpProtocol NextHeader => (IpProtocol)_octets[NextHeaderOffset];

    public byte HopLimit
    {
        get => _octets[HopLimitOffset];
        set => _octets[HopLimitOffset] = value;
    }

    public IpAddress Source => IpAddress.ReadIpv6(_octets[SourceOffset..]);

    public IpAddress Destination => IpAddress.ReadIpv6(_octets[DestinationOffset..]);

    public Span<byte> Payload => _octets[HeaderLength..];

    public static bool TryParse(Span<byte> octets, out Ipv6Packet packet)
    {
        packet = default;
        if (octets.Length < HeaderLength || octets[VersionOffset] >> 4 != 6)
        {
            return false;
        }

        int length = HeaderLength
            + BinaryPrimitives.ReadUInt16BigEndian(octets[PayloadLengthOffset..]);
        if (length > octets.Length)
        {
            return false;
        }

        packet = new(octets[..length]);
        return true;
    }

    /// <summary>
    /// Writes the fixed header, without a flow label. The span is the whole packet.
    /// </summary>
    public static void Write(
        Span<byte> octets,
        IpProtocol nextHeader,
        byte hopLimit,
        IpAddress source,
        IpAddress destination,
        byte trafficClass = 0)
    {
        BinaryPrimitives.WriteUInt32BigEndian(
            octets, Version | ((uint)trafficClass << TrafficClassShift));
        BinaryPrimitives.WriteUInt16BigEndian(
            octets[PayloadLengthOffset..], (ushort)(octets.Length - HeaderLength));
        octets[NextHeaderOffset] = (byte)nextHeader;
        octets[HopLimitOffset] = hopLimit;
        source.Write(octets[SourceOffset..]);
        destination.Write(octets[DestinationOffset..]);
    }
}

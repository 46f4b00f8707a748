using System;

namespace Steelyard.Core.Wire;

/// <summary>
/// Where an IP header of either family keeps its two addresses. RFC 791 §3.1; RFC 8200 §3.
/// </summary>
internal static class IpEnds
{
    private const int Ipv4SourceOffset = 12;
    private const int Ipv4DestinationOffset = 16;
    private const int Ipv6SourceOffset = 8;
    private const int Ipv6DestinationOffset = 24;

    public static int SourceOffset(bool isIpv4) => isIpv4 ? Ipv4SourceOffset : Ipv6SourceOffset;

    public static int DestinationOffset(bool isIpv4) =>
        isIpv4 ? Ipv4DestinationOffset : Ipv6DestinationOffset;

    public static IpAddress Source(ReadOnlySpan<byte> header, bool isIpv4) =>
        Read(header[SourceOffset(isIpv4)..], isIpv4);

    public static IpAddress Destination(ReadOnlySpan<byte> header, bool isIpv4) =>
        Read(header[DestinationOffset(isIpv4)..], isIpv4);

    private static IpAddress Read(ReadOnlySpan<byte> octets, bool isIpv4) =>
        isIpv4 ? IpAddress.ReadIpv4(octets) : IpAddress.ReadIpv6(octets);
}

using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>
/// What the fragments of one datagram have in common: with IPv4 source, destination, protocol and
/// identification (RFC 791 §3.2), with IPv6 all of these but the protocol (RFC 8200 §4.5).
/// </summary>
/// <param name="IsIpv6">
/// The family of the wire; an address alone does not tell, as a stranger may write ::ffff:a.b.c.d.
/// </param>
/// <param name="Source">Who sent the datagram.</param>
/// <param name="Destination">Where it goes.</param>
/// <param name="Protocol">Unknown with IPv6.</param>
/// <param name="Identification">16 bits with IPv4, 32 with IPv6.</param>
public readonly record struct DatagramKey(
    bool IsIpv6,
    IpAddress Source,
    IpAddress Destination,
    IpProtocol Protocol,
    uint Identification)
{
    /// <summary>The IPv4 host or the IPv6 /64: whoever holds one address of it holds all.</summary>
    internal IpAddress Sender => IsIpv6 ? new(Source.High, 0) : Source;
}

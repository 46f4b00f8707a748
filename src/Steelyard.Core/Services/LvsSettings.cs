using System;

namespace Steelyard.Core.Services;

/// <summary>
/// The switches of LVS, named as its sysctls are (<c>net.ipv4.vs.*</c>) and with their defaults;
/// and two of our own.
/// </summary>
public sealed record LvsSettings
{
    public static LvsSettings Default { get; } = new();

    /// <summary>Connections of a removed server end at their next packet.</summary>
    public bool ExpireNodestConn { get; init; }

    /// <summary>A quiesced server (weight 0) loses its persistent clients.</summary>
    public bool ExpireQuiescentTemplate { get; init; }

    /// <summary>
    /// Bit 0: a SYN on the ports of an ended connection is scheduled anew; bit 1: also in
    /// FIN_WAIT, where replies do not pass through us.
    /// </summary>
    public int ConnReuseMode { get; init; } = 1;

    /// <summary>
    /// 0 never, 1 and 2 when memory runs short, 3 always: half-open and quiet connections are
    /// thrown out at random.
    /// </summary>
    public int DropEntry { get; init; }

    /// <summary>The same for new connections: one in so many is dropped.</summary>
    public int DropPacket { get; init; }

    /// <summary>The same for the stricter TCP state table.</summary>
    public int SecureTcp { get; init; }

    /// <summary>Any TCP segment but a reset opens a connection.</summary>
    public bool SloppyTcp { get; init; }

    /// <summary>Any SCTP packet opens an association, not only an INIT.</summary>
    public bool SloppySctp { get; init; }

    /// <summary>An ICMP error about no connection is scheduled as the packet it quotes.</summary>
    public bool ScheduleIcmp { get; init; }

    /// <summary>Tunnels honour DF; else they cut what is too long.</summary>
    public bool PmtuDisc { get; init; } = true;

    /// <summary>Packets of servers that belong to no connection are answered.</summary>
    public bool NatIcmpSend { get; init; }

    /// <summary>
    /// With <see cref="DropPacket"/> at 3, one new connection in so many is dropped.
    /// </summary>
    public int AmDroprate { get; init; } = 10;

    /// <summary>
    /// How long without use <c>lblc</c> remembers where it sent what was asked for.
    /// </summary>
    public TimeSpan LblcExpiration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The same of <c>lblcr</c>; also how long a set of servers stays as it is before it loses its
    /// most loaded.
    /// </summary>
    public TimeSpan LblcrExpiration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// While the connection table runs short, percent of it that one of several services may have;
    /// 100 for no bound.
    /// </summary>
    public int ServiceShare { get; init; } = 50;

    /// <summary>The same for one network of clients: a /24 of IPv4, a /48 of IPv6.</summary>
    public int SourceShare { get; init; } = 50;
}

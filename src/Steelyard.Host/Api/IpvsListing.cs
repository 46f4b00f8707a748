using System.Collections.Immutable;

namespace Steelyard.Host.Api;

/// <summary>Everything that <c>ipvsadm -L</c> prints, but for connections.</summary>
/// <param name="TableSize">Buckets of the connection table.</param>
/// <param name="Timeouts">Timeouts in force.</param>
/// <param name="Services">In the order in which they are kept.</param>
/// <param name="Daemons">Sync daemons that run.</param>
public sealed record IpvsListing(
    int TableSize,
    IpvsTimeouts Timeouts,
    ImmutableArray<IpvsServiceEntry> Services,
    ImmutableArray<IpvsDaemon> Daemons);

/// <param name="Servers">In the order in which the scheduler sees them: the newest first.</param>
public sealed record IpvsServiceEntry(
    IpvsService Service,
    IpvsCounters Counters,
    IpvsCounters Rates,
    ImmutableArray<IpvsServerEntry> Servers);

/// <param name="Active">Connections in ESTABLISHED, SYN_SENT, SYN_RECV or SYNACK.</param>
/// <param name="Inactive">All other connections.</param>
/// <param name="Persistent">Persistence templates.</param>
public sealed record IpvsServerEntry(
    IpvsServer Server,
    long Active,
    long Inactive,
    long Persistent,
    IpvsCounters Counters,
    IpvsCounters Rates);

/// <summary>Totals, or the same per second.</summary>
public sealed record IpvsCounters(
    long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes)
{
    public static IpvsCounters Zero { get; } = new(0, 0, 0, 0, 0);
}

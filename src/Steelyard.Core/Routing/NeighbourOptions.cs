using System;

namespace Steelyard.Core.Routing;

/// <summary>
/// Times and bounds of the neighbour table; defaults as in Linux's neighbour tables.
/// </summary>
public sealed record NeighbourOptions
{
    public static NeighbourOptions Default { get; } = new();

    /// <summary>Time between two requests. RetransTimer, RFC 4861 §10.</summary>
    public TimeSpan RetransmitTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Requests to everyone before giving up. MAX_MULTICAST_SOLICIT, RFC 4861 §10.
    /// </summary>
    public int BroadcastRequests { get; init; } = 3;

    /// <summary>
    /// Requests to the old address before that. MAX_UNICAST_SOLICIT, RFC 4861 §10.
    /// </summary>
    public int UnicastRequests { get; init; } = 3;

    /// <summary>How long an answer counts as fresh. REACHABLE_TIME, RFC 4861 §10.</summary>
    public TimeSpan ReachableTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stale neighbour that nobody wants is kept.</summary>
    public TimeSpan StaleTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a failed neighbour is not asked again.</summary>
    public TimeSpan FailedTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many neighbours are kept; wishes beyond it fail at once.</summary>
    public int Capacity { get; init; } = 4096;
}

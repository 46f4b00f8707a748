namespace Steelyard.Core.Routing;

/// <summary>
/// What is known of a neighbour. After RFC 4861 §7.3.2, which ARP has no words for.
/// </summary>
public enum NeighbourState : byte
{
    Unknown = 0,

    /// <summary>Asked, and not answered yet; frames wait.</summary>
    Incomplete,

    /// <summary>Heard from lately.</summary>
    Reachable,

    /// <summary>Not heard from for a while; still used, and asked when next wanted.</summary>
    Stale,

    /// <summary>Asked again, under its old address first; still used.</summary>
    Probing,

    /// <summary>Did not answer; not asked again for a moment.</summary>
    Failed,
}

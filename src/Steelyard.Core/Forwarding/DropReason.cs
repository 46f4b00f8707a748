namespace Steelyard.Core.Forwarding;

/// <summary>
/// Why a frame went no further. Each has a counter on the port where the frame came in.
/// </summary>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>Shorter than an Ethernet header.</summary>
    RuntFrame,

    /// <summary>Neither IPv4, IPv6 nor ARP.</summary>
    UnknownEtherType,

    /// <summary>Lengths or headers of the IPv6 packet cannot be.</summary>
    MalformedIpv6,

    /// <summary>Lengths or version of the IPv4 header cannot be.</summary>
    MalformedIpv4,

    BadHeaderChecksum,

    /// <summary>
    /// A source that nobody can have, or that is one of our own. RFC 1812 §5.3.7.
    /// </summary>
    MartianSource,

    /// <summary>The sender prescribes the way by an IP option. RFC 7126 §4.3.</summary>
    SourceRouted,

    /// <summary>
    /// Fragments overlap: their datagram is dropped whole. RFC 5722 §3, here for both families.
    /// </summary>
    FragmentOverlap,

    /// <summary>A fragment that cannot be part of a datagram.</summary>
    MalformedFragment,

    /// <summary>Lengths of the TCP, UDP or ICMP header cannot be.</summary>
    MalformedTransport,

    /// <summary>
    /// Seen where the engine answers or relays; what it merely forwards is not summed.
    /// </summary>
    BadTransportChecksum,

    /// <summary>A protocol without ports; answered by ICMP protocol unreachable.</summary>
    UnknownProtocol,

    /// <summary>Not for a virtual address, nor of a connection.</summary>
    NotRouted,

    /// <summary>No service there; answered as a host would.</summary>
    NoService,

    /// <summary>
    /// TCP that belongs to no connection and opens none; answered as a host would.
    /// </summary>
    NoConnection,

    /// <summary>
    /// As before, but just after a takeover: not answered, the twin may yet tell of it.
    /// </summary>
    Unsettled,

    /// <summary>The service has no server to give; answered by ICMP port unreachable.</summary>
    NoDestination,

    ConnectionTableFull,

    /// <summary>
    /// The connection table runs short, and the service or the client's network has its share.
    /// </summary>
    OverFairShare,

    /// <summary>A flood goes on, and <c>drop_packet</c> gave this one up.</summary>
    Defended,

    /// <summary>No port of the box's own is free towards the far end.</summary>
    PortsExhausted,

    /// <summary>The connection's server was taken out of its service.</summary>
    ServerRemoved,

    /// <summary>The time to live ran out; answered by ICMP time exceeded.</summary>
    TimeToLiveExpired,

    /// <summary>Too large for the next link, and not to be cut; answered by ICMP.</summary>
    PacketTooBig,

    NoRoute,

    /// <summary>The route leaves by an interface that the engine does not drive.</summary>
    NoPort,

    /// <summary>The next hop does not answer ARP.</summary>
    NeighbourFailed,

    /// <summary>Too many frames wait for the next hop's station address.</summary>
    NeighbourQueueFull,

    /// <summary>An ICMP message that the engine has no answer to.</summary>
    IcmpUnhandled,

    /// <summary>An ICMP error about no connection of ours.</summary>
    IcmpUnrelated,

    /// <summary>An answer was due, but the budget for answers is spent.</summary>
    AnswersExhausted,
}

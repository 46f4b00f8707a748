using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// A server of one virtual service. The data thread alone writes its numbers; others read them.
/// </summary>
public sealed class RealServer(Endpoint endpoint, ForwardingMethod method, int weight)
{
    /// <summary>
    /// Where the server listens. Port 0 stands for the port that the client asked for.
    /// </summary>
    public Endpoint Endpoint { get; } = endpoint;

    /// <summary>For new connections; an existing one keeps its own.</summary>
    public ForwardingMethod Method { get; set; } = method;

    /// <summary>
    /// The weight in force; 0 takes no new connection. In a service that is in use, change it by
    /// <see cref="VirtualService.Edit"/>: the scheduler must hear of it.
    /// </summary>
    public int Weight { get; set; } = weight;

    /// <summary>Connections in ESTABLISHED, SYN_SENT, SYN_RECV or SYNACK.</summary>
    public int ActiveConnections;

    /// <summary>All other connections that are still in the table.</summary>
    public int InactiveConnections;

    /// <summary>
    /// Set when the server was taken out of its service; its connections may remain.
    /// </summary>
    public bool IsRemoved { get; set; }

    /// <summary>The service that it serves, or served last.</summary>
    public VirtualService? Service { get; internal set; }

    /// <summary>A scheduler may choose it.</summary>
    public bool TakesNewConnections => Weight > 0;

    public readonly TrafficCounters Counters = new();

    /// <summary>
    /// The server whose numbers count: this one, or the one of old that came back with its
    /// connections when this one was added to a service.
    /// </summary>
    public RealServer InUse => StandIn ?? this;

    /// <summary>Set by the data thread when the server of old comes back.</summary>
    internal RealServer? StandIn { get; set; }

    /// <summary>
    /// Where the connection table keeps this server; -1 while it has no connection.
    /// </summary>
    internal int TableSlot = -1;

    /// <summary>Where the data thread found the way to this server last.</summary>
    internal int NextHop;

    /// <summary>What that was found in; a way of another generation is looked up anew.</summary>
    internal int NextHopGeneration;
}

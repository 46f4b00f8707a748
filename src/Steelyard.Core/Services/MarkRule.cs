using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// Which packets from clients carry a firewall mark; the first rule that fits decides. A field
/// that says nothing fits every packet.
/// </summary>
public sealed record MarkRule(uint Mark)
{
    public TransportProtocol Protocol { get; init; }

    public IpPrefix? Source { get; init; }

    public IpPrefix? Destination { get; init; }

    /// <summary>The lowest destination port.</summary>
    public ushort FirstPort { get; init; }

    /// <summary>The highest destination port.</summary>
    public ushort LastPort { get; init; } = ushort.MaxValue;

    /// <summary>The interface's name; empty for any.</summary>
    public string Interface { get; init; } = string.Empty;

    /// <summary>All but the interface fits.</summary>
    public bool Fits(in FlowKey flow) =>
        (Protocol == TransportProtocol.Unknown || Protocol == flow.Protocol)
        && flow.Virtual.Port >= FirstPort
        && flow.Virtual.Port <= LastPort
        && (Source is not { } source || source.Contains(flow.Client.Address))
        && (Destination is not { } destination || destination.Contains(flow.Virtual.Address));
}

using System;
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

    /// <summary>The mark that a packet carries; 0 for none.</summary>
    /// <param name="rules">The first that fits decides.</param>
    /// <param name="flow">The packet.</param>
    /// <param name="interfaceName">Where it came in; null for whichever interface.</param>
    public static uint MarkOf(
        ReadOnlySpan<MarkRule> rules, in FlowKey flow, string? interfaceName)
    {
        foreach (MarkRule rule in rules)
        {
            bool isThere = interfaceName is null
                || rule.Interface.Length == 0
                || rule.Interface == interfaceName;
            if (isThere && rule.Fits(flow))
            {
                return rule.Mark;
            }
        }

        return 0;
    }

    /// <summary>All but the interface fits.</summary>
    private bool Fits(in FlowKey flow) =>
        (Protocol == TransportProtocol.Unknown || Protocol == flow.Protocol)
        && flow.Virtual.Port >= FirstPort
        && flow.Virtual.Port <= LastPort
        && (Source is not { } source || source.Contains(flow.Client.Address))
        && (Destination is not { } destination || destination.Contains(flow.Virtual.Address));
}

using System;
using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Network;

/// <summary>A process on the box that is a real server.</summary>
/// <param name="Protocol">Unknown for all of them.</param>
/// <param name="Endpoint">Where it listens; port 0 for every port.</param>
public readonly record struct LocalServer(TransportProtocol Protocol, Endpoint Endpoint);

/// <summary>What the link to the box's own processes must be like.</summary>
/// <param name="IsWanted">There is a real server on the box.</param>
/// <param name="Servers">Those whose replies must be led back to the engine.</param>
/// <param name="Addresses">
/// The link's addresses that stand for virtual ones, which the kernel does not hold.
/// </param>
/// <param name="MaximumTransmissionUnit">Of the link, in octets.</param>
public sealed record LocalPlan(
    bool IsWanted,
    ImmutableArray<LocalServer> Servers,
    ImmutableArray<IpAddress> Addresses,
    int MaximumTransmissionUnit)
{
    public static LocalPlan Nothing { get; } = new(false, [], [], 0);

    public bool Equals(LocalPlan? other) => other is not null
        && IsWanted == other.IsWanted
        && Servers.AsSpan().SequenceEqual(other.Servers.AsSpan())
        && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan())
        && MaximumTransmissionUnit == other.MaximumTransmissionUnit;

    public override int GetHashCode() => Servers.Length;
}

using System.Collections.Immutable;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Sync;

/// <summary>What a box says of itself to its twin.</summary>
/// <param name="BoxName">As in topics and logs.</param>
/// <param name="CanTakeOver">Engine and interfaces are well, and the connections are known.</param>
/// <param name="Roles">One for each virtual router.</param>
public sealed record TwinHello(
    string BoxName, bool CanTakeOver, ImmutableArray<TwinRole> Roles)
{
    /// <summary>Its dashboard, where others than itself reach it.</summary>
    public TwinPage? Page { get; init; }
}

/// <summary>A virtual router as its box sees it.</summary>
public readonly record struct TwinRole(
    byte VirtualRouterId, VirtualRouterState State, byte Priority);

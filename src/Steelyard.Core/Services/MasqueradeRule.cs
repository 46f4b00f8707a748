using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// Hosts that reach the world through the box, their gateway, under one of its addresses.
/// </summary>
/// <param name="Source">The hosts.</param>
/// <param name="Address">Under which address the world sees them.</param>
public sealed record MasqueradeRule(IpPrefix Source, IpAddress Address);

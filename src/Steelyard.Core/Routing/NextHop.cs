using Steelyard.Core.Wire;

namespace Steelyard.Core.Routing;

/// <summary>Who gets a packet next: a station on the link of one interface.</summary>
/// <param name="InterfaceIndex">Where the packet leaves.</param>
/// <param name="Address">The gateway's address, or the destination's own.</param>
public readonly record struct NextHop(int InterfaceIndex, IpAddress Address);

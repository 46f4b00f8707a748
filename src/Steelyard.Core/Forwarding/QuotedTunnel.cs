using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>An outer packet of a tunnel, as an ICMP error quotes it.</summary>
/// <param name="Kind">What was put around the inner packet.</param>
/// <param name="Source">Who wrapped it.</param>
/// <param name="Destination">The server it was on its way to.</param>
/// <param name="Port">The UDP destination port, of <see cref="TunnelKind.Gue"/> alone.</param>
/// <param name="InnerOffset">Octets before the inner packet.</param>
internal readonly record struct QuotedTunnel(
    TunnelKind Kind, IpAddress Source, IpAddress Destination, ushort Port, int InnerOffset);

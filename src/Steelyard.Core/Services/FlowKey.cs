using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>Who asks for what: all that a scheduler may look at in a packet.</summary>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Client">The packet's source.</param>
/// <param name="Virtual">The packet's destination.</param>
public readonly record struct FlowKey(
    TransportProtocol Protocol, Endpoint Client, Endpoint Virtual);

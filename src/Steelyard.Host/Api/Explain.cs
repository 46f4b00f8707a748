using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Api;

/// <summary>Where would a packet from this client to this address go?</summary>
public sealed record ExplainQuestion(
    TransportProtocol Protocol, Endpoint Client, Endpoint Virtual);

public enum ExplainVerdict : byte
{
    Unknown = 0,

    /// <summary>To a real server.</summary>
    Forward,

    /// <summary>To the box's own stack.</summary>
    Local,

    /// <summary>Back to the client as an ICMP error or a reset.</summary>
    Reject,

    /// <summary>Nowhere.</summary>
    Drop,
}

/// <summary>What would happen to the packet, and why.</summary>
/// <param name="Verdict">The end of it.</param>
/// <param name="Service">
/// The service that takes it, as <c>tcp 10.0.0.1:80</c>; empty if none.
/// </param>
/// <param name="Server">The real server, as <c>10.0.0.2:8080</c>; empty if none.</param>
/// <param name="Method">nat, direct, tunnel, local or fullnat; empty if none.</param>
/// <param name="Interface">Where the frame leaves; empty if nowhere.</param>
/// <param name="NextHop">The neighbour that gets the frame; empty if none.</param>
/// <param name="NextHopMac">The neighbour's address, when it is known.</param>
/// <param name="Reason">A drop's reason, as counted; empty if none.</param>
/// <param name="Steps">How the decision was made, one sentence a step.</param>
public sealed record ExplainAnswer(
    ExplainVerdict Verdict,
    string Service,
    string Server,
    string Method,
    string Interface,
    string NextHop,
    string NextHopMac,
    string Reason,
    ImmutableArray<string> Steps);

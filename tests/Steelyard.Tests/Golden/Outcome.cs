using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>What became of a client's packet.</summary>
/// <param name="To">The server that got it; null when none did.</param>
/// <param name="Method">How it was forwarded.</param>
/// <param name="Reply">What the client got in its place; null for nothing.</param>
public readonly record struct Outcome(Endpoint? To, ForwardingMethod Method, string? Reply)
{
    public static Outcome Silence => default;

    public static Outcome Answered(string? reply) => new(null, ForwardingMethod.Unknown, reply);

    /// <summary>As the recordings name methods.</summary>
    public string? Via => Method switch
    {
        ForwardingMethod.Nat => "nat",
        ForwardingMethod.Direct => "dr",
        ForwardingMethod.Tunnel => "ipip",
        _ => null,
    };

    public override string ToString() =>
        To is { } server ? $"to {server} via {Via}" : $"client gets {Reply ?? "nothing"}";
}

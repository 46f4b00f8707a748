using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>What may be chosen about a real server, and changed while it is in use.</summary>
public sealed record ServerSettings
{
    /// <summary>For new connections; an existing one keeps its own.</summary>
    public ForwardingMethod Method { get; init; } = ForwardingMethod.Direct;

    /// <summary>0 takes no new connection.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// <c>-x</c>: at so many connections the server takes no more; 0 for no bound.
    /// </summary>
    public long UpperThreshold { get; init; }

    /// <summary>
    /// <c>-y</c>: below so many it takes new ones again; with 0, below three quarters of the upper
    /// threshold.
    /// </summary>
    public long LowerThreshold { get; init; }

    /// <summary>How packets are wrapped, when the method is a tunnel.</summary>
    public TunnelSettings Tunnel { get; init; }

    /// <summary>
    /// Where the box's own process is reached, if that is not at the server's own address; else
    /// none.
    /// </summary>
    public IpAddress LocalAddress { get; init; }
}

/// <summary>What a tunnel's packets are wrapped in.</summary>
public enum TunnelKind : byte
{
    /// <summary>IP in IP, of either family in either. RFC 2003, RFC 2473.</summary>
    Ipip = 0,

    /// <summary>Generic UDP Encapsulation (draft-ietf-intarea-gue-09).</summary>
    Gue = 1,

    /// <summary>RFC 2784.</summary>
    Gre = 2,
}

public enum TunnelChecksum : byte
{
    None = 0,

    /// <summary><c>--tun-csum</c>.</summary>
    Local,

    /// <summary><c>--tun-remcsum</c>.</summary>
    Remote,
}

/// <param name="Kind">What is put around the packet.</param>
/// <param name="Port">Destination port, of <see cref="TunnelKind.Gue"/> alone.</param>
/// <param name="Checksum">Of <see cref="TunnelKind.Gue"/> and <see cref="TunnelKind.Gre"/>.</param>
public readonly record struct TunnelSettings(
    TunnelKind Kind, ushort Port = 0, TunnelChecksum Checksum = TunnelChecksum.None);

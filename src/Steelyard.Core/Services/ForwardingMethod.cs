namespace Steelyard.Core.Services;

/// <summary>How a packet reaches its real server.</summary>
public enum ForwardingMethod : byte
{
    Unknown = 0,

    /// <summary>
    /// Masquerading (<c>-m</c>): address and port rewritten, replies come back through us.
    /// </summary>
    Nat,

    /// <summary>Direct routing (<c>-g</c>): the packet unchanged, to the server's MAC.</summary>
    Direct,

    /// <summary>Tunnelling (<c>-i</c>): the packet unchanged, inside another.</summary>
    Tunnel,

    /// <summary>The box's own process.</summary>
    Local,

    /// <summary>Both ends rewritten.</summary>
    FullNat,
}

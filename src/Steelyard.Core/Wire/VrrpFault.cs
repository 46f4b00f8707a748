namespace Steelyard.Core.Wire;

/// <summary>Why an advertisement is discarded. RFC 9568 §7.1.</summary>
public enum VrrpFault : byte
{
    None = 0,

    /// <summary>TTL or hop limit is not 255: it has crossed a router.</summary>
    TimeToLiveNot255,

    /// <summary>Shorter than its header, its addresses or its authentication data.</summary>
    Truncated,

    /// <summary>Neither version 2 nor 3, or version 2 over IPv6.</summary>
    UnknownVersion,

    /// <summary>Not an advertisement, the only type there is.</summary>
    UnknownType,

    /// <summary>VRIDs count from 1.</summary>
    VirtualRouterIdZero,

    /// <summary>No address at all; erratum 8299 asks for one at least.</summary>
    NoAddress,

    /// <summary>The interval is 0; erratum 8301 allows 1 to 4095 centiseconds.</summary>
    IntervalZero,

    /// <summary>Version 2, with authentication that is neither none nor a password.</summary>
    UnknownAuthentication,

    /// <summary>Neither of the checksum's forms comes out.</summary>
    BadChecksum,

    /// <summary>The source is no station's: a group, no address, or mapped IPv4.</summary>
    WrongSource,
}

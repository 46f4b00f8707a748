namespace Steelyard.Core.Wire;

/// <summary>
/// Why a solicitation or an advertisement is discarded. RFC 4861 §7.1.1, §7.1.2.
/// </summary>
public enum NeighbourFault : byte
{
    None = 0,

    /// <summary>Neither a solicitation nor an advertisement in a whole IPv6 packet.</summary>
    OtherMessage,

    /// <summary>The hop limit is not 255: it has crossed a router.</summary>
    HopLimitNot255,

    /// <summary>Shorter than 24 octets, or than one of its options says.</summary>
    Truncated,

    BadChecksum,

    /// <summary>Both messages have the code 0 alone.</summary>
    CodeNotZero,

    /// <summary>Asked for or told of is what no station has: a group, or no address.</summary>
    WrongTarget,

    /// <summary>The source is a group; or it is none, and the message is no probe.</summary>
    WrongSource,

    /// <summary>An option of no length.</summary>
    EmptyOption,

    /// <summary>A link-layer address that is none of a station on Ethernet.</summary>
    WrongStation,

    /// <summary>An answer to a question, sent to a group.</summary>
    SolicitedGroup,
}

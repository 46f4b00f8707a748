namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>What became of a fragment.</summary>
public enum ReassemblyOutcome : byte
{
    Unknown = 0,

    /// <summary>It was copied, or it was there already; others are still missing.</summary>
    Kept,

    /// <summary>It was the last that was missing: the datagram is whole.</summary>
    Complete,

    /// <summary>
    /// It overlaps another one, or one of its datagram did: all of them are discarded, and those
    /// that follow. RFC 5722 §3, here for both families.
    /// </summary>
    Overlap,

    /// <summary>It cannot be part of a datagram, or not of the one that it names.</summary>
    Malformed,

    /// <summary>Every place is held by a whole datagram that its reader has not freed.</summary>
    TableFull,
}

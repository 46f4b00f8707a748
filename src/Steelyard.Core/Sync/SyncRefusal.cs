namespace Steelyard.Core.Sync;

/// <summary>Why a datagram of the sync channel was not heard.</summary>
public enum SyncRefusal : byte
{
    None = 0,

    /// <summary>It came without a tag, and this box has a key.</summary>
    Plain,

    /// <summary>It has a tag, and this box has no key.</summary>
    Sealed,

    /// <summary>It was signed with a key that is none of ours.</summary>
    UnknownKey,

    /// <summary>It was signed by nobody who has the key.</summary>
    WrongTag,

    /// <summary>It has been heard before, or is too old.</summary>
    Replayed,

    /// <summary>
    /// It is of another conversation: recorded before one of the boxes started, as a rule.
    /// </summary>
    OtherSession,

    /// <summary>For another pair on the same group.</summary>
    OtherSyncId,

    /// <summary>It cannot be read.</summary>
    Malformed,

    /// <summary>Records of connections that this box itself is MASTER for.</summary>
    NotAsked,

    /// <summary>A new twin, or a wish for all connections, too soon after others.</summary>
    TooOften,
}

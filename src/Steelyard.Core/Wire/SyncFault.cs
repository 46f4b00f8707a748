namespace Steelyard.Core.Wire;

/// <summary>Why a message of the sync protocol is discarded, whole.</summary>
public enum SyncFault : byte
{
    None = 0,

    /// <summary>Shorter than its header or an entry, or not as long as it says.</summary>
    Truncated,

    /// <summary>Not version 1; version 0 knows no IPv6 and no timeouts.</summary>
    UnknownVersion,

    /// <summary>For another group of boxes.</summary>
    OtherSyncId,

    /// <summary>An entry's own version is not 0.</summary>
    UnknownEntryVersion,

    /// <summary>An option runs over its entry's end.</summary>
    BadOption,

    /// <summary>An option that may not be ignored, and that we do not know.</summary>
    UnknownOption,
}

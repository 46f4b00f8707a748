namespace Steelyard.Core.Wire;

/// <summary>Why a message of the sync protocol is discarded, whole.</summary>
public enum SyncFault : byte
{
    None = 0,

    /// <summary>Shorter than its header or an entry, or not as long as it says.</summary>
    Truncated,

    /// <summary>Neither version 1 nor the old version 0.</summary>
    UnknownVersion,

    /// <summary>For another group of boxes.</summary>
    OtherSyncId,

    /// <summary>An entry's own version is not 0.</summary>
    UnknownEntryVersion,

    /// <summary>
    /// An option is empty, runs over its entry's end, is of a wrong length or comes twice.
    /// </summary>
    BadOption,

    /// <summary>An option that may not be ignored, and that we do not know.</summary>
    UnknownOption,
}

namespace Steelyard.Host.Update;

/// <summary>Where an update stands.</summary>
internal enum UpdateStage
{
    Unknown = 0,

    /// <summary>The bundle comes over the network.</summary>
    Fetching,

    /// <summary>Signature, board and version.</summary>
    Checking,

    /// <summary>The idle root is written.</summary>
    Installing,

    /// <summary>The twin takes over what this box holds.</summary>
    HandingOver,

    /// <summary>The box goes down, and comes up with the new root.</summary>
    Restarting,
}

/// <param name="Percent">Of the stage; none when nobody knows.</param>
/// <param name="Sentence">For people.</param>
internal sealed record UpdateProgress(UpdateStage Stage, int? Percent, string Sentence);

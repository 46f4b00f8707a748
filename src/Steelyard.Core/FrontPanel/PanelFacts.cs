namespace Steelyard.Core.FrontPanel;

/// <summary>The box's part in the pair, as far as a panel cares.</summary>
public enum PanelRole : byte
{
    Unknown = 0,

    /// <summary>Stands by.</summary>
    Backup,

    /// <summary>Serves.</summary>
    Master,

    /// <summary>May not take part.</summary>
    Fault,
}

/// <summary>What the panel must know.</summary>
/// <param name="IsServing">
/// A configuration is loaded and in force; false while the box starts.
/// </param>
/// <param name="IsHandingOver">The role is on its way to the twin.</param>
/// <param name="IsInMaintenance">A person took the box out of the pair.</param>
/// <param name="MissesTwin">
/// The box has a twin by its configuration, and hears nothing of it.
/// </param>
/// <param name="IsResetNear">
/// A person holds the button, and is about to make the box forget everything.
/// </param>
/// <param name="IsResetting">It is decided, and the box is about to go down.</param>
public readonly record struct PanelFacts(
    bool IsServing,
    PanelRole Role,
    bool IsHandingOver,
    bool IsInMaintenance,
    bool MissesTwin,
    bool IsResetNear,
    bool IsResetting);

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
public readonly record struct PanelFacts
{
    /// <summary>A configuration is loaded and in force; false while the box starts.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>No virtual router and no service is asked for, or no service is up.</summary>
    public bool CarriesNothing { get; init; }

    public PanelRole Role { get; init; }

    /// <summary>The role is on its way to the twin.</summary>
    public bool IsHandingOver { get; init; }

    /// <summary>A person took the box out of the pair.</summary>
    public bool IsInMaintenance { get; init; }

    /// <summary>A service whose address is here has too few servers, or none.</summary>
    public bool HasServiceDown { get; init; }

    /// <summary>The kernel answers for an address that is the pair's.</summary>
    public bool HasAddressFault { get; init; }

    /// <summary>The box has a twin by its configuration, and hears nothing of it.</summary>
    public bool MissesTwin { get; init; }

    /// <summary>Heat, supply, memory or storage need a person.</summary>
    public bool HasHardwareAlarm { get; init; }

    /// <summary>A press has just done nothing.</summary>
    public bool Refuses { get; init; }

    /// <summary>A person holds the button, and the box is about to forget all.</summary>
    public bool IsResetNear { get; init; }

    /// <summary>It is decided, and the box is about to go down.</summary>
    public bool IsResetting { get; init; }
}

/// <summary>Whether the configuration's panel can be used.</summary>
/// <param name="Missing">Why it cannot; null when it is there.</param>
public sealed record PanelPresence(string Chip, string? Missing);

namespace Steelyard.Core.FrontPanel;

/// <summary>How one LED shines.</summary>
public enum LedPattern : byte
{
    Unknown = 0,
    Off,
    On,

    /// <summary>1 Hz.</summary>
    Blink,

    /// <summary>5 Hz.</summary>
    FastBlink,
}

/// <summary>What the front panel shows.</summary>
public readonly record struct PanelState(LedPattern Ready, LedPattern Role, LedPattern Fault)
{
    public static PanelState Dark { get; } = new(LedPattern.Off, LedPattern.Off, LedPattern.Off);
}

/// <summary>What each LED says, in the words of <see cref="PanelTable"/>.</summary>
public sealed record PanelWords(string Ready, string Role, string Fault)
{
    public static PanelWords Dark { get; } =
        new(PanelTable.NotRunning, PanelTable.NotRunning, PanelTable.NotRunning);
}

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

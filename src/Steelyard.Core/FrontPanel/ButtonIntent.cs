namespace Steelyard.Core.FrontPanel;

/// <summary>What a person meant with the button.</summary>
public enum ButtonIntent : byte
{
    None = 0,

    /// <summary>Pressed for less than two seconds.</summary>
    Failover,

    /// <summary>Held for five seconds; told while still held.</summary>
    Maintenance,

    /// <summary>Held for fifteen seconds, warned of for the last five.</summary>
    FactoryReset,

    /// <summary>
    /// Let go between two and five seconds: too long to be a press, too short to be a hold.
    /// </summary>
    Unclear,
}

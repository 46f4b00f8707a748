namespace Steelyard.Core.Hardware;

/// <summary>What can be wrong with a box's hardware.</summary>
public enum HardwareAlarm : byte
{
    Unknown = 0,
    Temperature,
    UnderVoltage,
    Throttled,
    Memory,
    StorageRoom,
    StorageWear,
    Clock,
}

/// <summary>An alarm was raised, or has ended.</summary>
/// <param name="Sentence">What is so now, and what to do, for people.</param>
public readonly record struct HardwareNews(HardwareAlarm Alarm, bool IsRaised, string Sentence);

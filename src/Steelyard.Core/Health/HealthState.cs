namespace Steelyard.Core.Health;

/// <summary>What is believed of a real server.</summary>
public enum HealthState : byte
{
    /// <summary>Not checked yet, or not checked at all.</summary>
    Unknown = 0,
    Up,
    Down,

    /// <summary>No new connections by a person's wish; the old ones end in peace.</summary>
    Drain,
}

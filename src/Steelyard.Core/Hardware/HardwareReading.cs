using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Steelyard.Core.Hardware;

/// <summary>
/// What the box's own hardware says of itself at one moment. What a board does not tell is null,
/// and is left out wherever this is told: never a zero that somebody could take for a measure.
/// </summary>
public sealed record HardwareReading
{
    /// <summary>The board's model as its firmware calls it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Board { get; init; }

    /// <summary>Of the processor, in degrees Celsius.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TemperatureC { get; init; }

    /// <summary>The supply is below what the board needs, now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? UnderVoltage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? UnderVoltageSinceBoot { get; init; }

    /// <summary>The processor runs slower than it could, for heat or for lack of power.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Throttled { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ThrottledSinceBoot { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MemoryTotalBytes { get; init; }

    /// <summary>What programs can still have, caches given up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MemoryAvailableBytes { get; init; }

    /// <summary>Of the file system that the box keeps its state in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StorageTotalBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? StorageFreeBytes { get; init; }

    /// <summary>
    /// How much of the storage's life is used up, in steps of ten; above 100 it is worn out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StorageWearPercent { get; init; }

    /// <summary>Its reserve of good blocks: normal, warning or urgent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StorageReserve { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ClockSynchronised { get; init; }

    /// <summary>What is wrong with it, as control judges: <c>temperature</c> and so on.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];
}

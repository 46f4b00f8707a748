using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Hardware;

namespace Steelyard.Host.Commands;

/// <summary>What the board says of itself, in the lines of a status.</summary>
internal static class HardwareView
{
    private const long Mebi = 1024 * 1024;

    /// <summary>None of a board that tells nothing.</summary>
    public static IEnumerable<string> Lines(HardwareReading reading)
    {
        string board = Join(
            reading.Board,
            reading.TemperatureC is double degrees
                ? string.Create(CultureInfo.InvariantCulture, $"{degrees:0.0} °C") : null,
            Say(reading.UnderVoltage, "UNDER-VOLTAGE", "supply right"),
            Say(reading.Throttled, "THROTTLED", "not throttled"),
            Say(reading.ClockSynchronised, "clock synchronised", "clock NOT synchronised"));
        string room = Join(
            Left(reading.MemoryAvailableBytes, reading.MemoryTotalBytes, "memory"),
            Left(reading.StorageFreeBytes, reading.StorageTotalBytes, "storage"),
            reading.StorageWearPercent is int worn ? $"{worn} % worn" : null,
            reading.StorageReserve is "warning" or "urgent"
                ? $"reserve {reading.StorageReserve}" : null);
        return new[] { ("hardware     ", board), ("room         ", room) }
            .Where(line => line.Item2.Length > 0)
            .Select(line => line.Item1 + line.Item2);
    }

    private static string Join(params IEnumerable<string?> parts) =>
        string.Join(", ", parts.OfType<string>());

    private static string? Say(bool? state, string yes, string no) =>
        state is bool known ? (known ? yes : no) : null;

    private static string? Left(long? part, long? whole, string name) =>
        part is long left && whole is long all
            ? $"{left / Mebi} of {all / Mebi} MiB {name} free" : null;
}

using System;
using System.Collections.Immutable;
using System.Globalization;

namespace Steelyard.Core.Hardware;

/// <summary>Every alarm in one table.</summary>
internal static class AlarmRules
{
    // The Pi's firmware slows the processor from 80 °C on, and stops at 85 °C what it can.
    private const double TooHotC = 80;
    private const double CooledC = 75;

    // The firmware's bits come and go with the load; a minute without is an end.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    // A burst of a reload or an update is no lack.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(30);

    // A box without a battery asks for the time when its ports are up.
    private static readonly TimeSpan ClockPatience = TimeSpan.FromMinutes(10);

    public static ImmutableArray<AlarmRule> All { get; } =
    [
        new(
            HardwareAlarm.Temperature,
            reading => reading.TemperatureC >= TooHotC,
            reading => reading.TemperatureC is not >= CooledC,
            TimeSpan.Zero,
            TimeSpan.Zero,
            LightsFault: true,
            reading => string.Create(
                CultureInfo.InvariantCulture,
                $"the processor is at {reading.TemperatureC:0.#} °C and slows down: give it air"),
            "the processor has cooled down"),
        new(
            HardwareAlarm.UnderVoltage,
            reading => reading.UnderVoltage is true,
            reading => reading.UnderVoltage is not true,
            TimeSpan.Zero,
            Quiet,
            LightsFault: true,
            _ => "the supply voltage is too low: use a stronger power supply, or a shorter cable",
            "the supply voltage is right again"),
        new(
            HardwareAlarm.Throttled,
            reading => reading.Throttled is true,
            reading => reading.Throttled is not true,
            TimeSpan.Zero,
            Quiet,
            LightsFault: true,
            _ => "the processor is throttled, for heat or for lack of power",
            "the processor runs at full speed again"),
        new(
            HardwareAlarm.Memory,
            reading => IsBelow(reading.MemoryAvailableBytes, reading.MemoryTotalBytes, 5),
            reading => !IsBelow(reading.MemoryAvailableBytes, reading.MemoryTotalBytes, 10),
            Burst,
            Burst,
            LightsFault: true,
            reading => $"memory is short: {Mebibytes(reading.MemoryAvailableBytes)} MiB of "
                + $"{Mebibytes(reading.MemoryTotalBytes)} MiB are left",
            "there is enough memory again"),
        new(
            HardwareAlarm.StorageRoom,
            reading => IsBelow(reading.StorageFreeBytes, reading.StorageTotalBytes, 5),
            reading => !IsBelow(reading.StorageFreeBytes, reading.StorageTotalBytes, 10),
            Burst,
            Burst,
            LightsFault: true,
            reading => $"storage is full: {Mebibytes(reading.StorageFreeBytes)} MiB of "
                + $"{Mebibytes(reading.StorageTotalBytes)} MiB are left for what the box keeps",
            "there is enough storage again"),
        new(
            HardwareAlarm.StorageWear,
            reading => reading.StorageWearPercent >= 90
                || reading.StorageReserve is "warning" or "urgent",
            reading => reading.StorageWearPercent is not >= 80
                && reading.StorageReserve is null or "normal",
            TimeSpan.Zero,
            TimeSpan.Zero,
            LightsFault: true,
            reading => "the storage is worn out"
                + (reading.StorageWearPercent is int worn ? $" by {worn} %" : string.Empty)
                + ": replace the module or the card soon",
            "the storage is fresh"),
        new(
            HardwareAlarm.Clock,
            reading => reading.ClockSynchronised is false,
            reading => reading.ClockSynchronised is not false,
            ClockPatience,
            TimeSpan.Zero,
            LightsFault: false,
            _ => "the clock is not synchronised: no time server was reached",
            "the clock is synchronised"),
    ];

    private static bool IsBelow(long? part, long? whole, int percent) =>
        part is long left && whole is long all && left / (double)all * 100 < percent;

    private static long Mebibytes(long? bytes) => (bytes ?? 0) / (1024 * 1024);
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Steelyard.Core.Hardware;
using Steelyard.Core.Telemetry;

namespace Steelyard.Host.Hardware;

/// <summary>Reads what the kernel tells of the board. What is not there is null.</summary>
/// <param name="root">Where <c>sys</c>, <c>proc</c> and <c>run</c> are; ends with a slash.</param>
/// <param name="stateFolder">What the box keeps is here; its file system is the storage.</param>
/// <param name="readTemperatureC">The processor's thermometer.</param>
internal sealed class HardwareProbe(
    string root, string stateFolder, Func<double?> readTemperatureC)
{
    private const int LongestModel = 80;

    public HardwareReading Read()
    {
        long? throttled = ReadHex("sys/devices/platform/soc/soc:firmware/get_throttled");
        (long Total, long Available)? memory = MemoryText.Read(
            ReadText("proc/meminfo"), ReadText("sys/devices/system/node/node0/meminfo"));
        (long Total, long Free)? storage = ReadStorage();
        return new HardwareReading
        {
            Board = ReadModel(),
            TemperatureC = readTemperatureC(),
            UnderVoltage = Either(ThrottleBits.UnderVoltage(throttled), ReadVoltageAlarm()),
            UnderVoltageSinceBoot = ThrottleBits.UnderVoltageSinceBoot(throttled),
            Throttled = ThrottleBits.Throttled(throttled),
            ThrottledSinceBoot = ThrottleBits.ThrottledSinceBoot(throttled),
            MemoryTotalBytes = memory?.Total,
            MemoryAvailableBytes = memory?.Available,
            StorageTotalBytes = storage?.Total,
            StorageFreeBytes = storage?.Free,
            StorageWearPercent = ReadWear(),
            StorageReserve = ReadReserve(),
            ClockSynchronised = ReadClock(),
        };
    }

    private static bool? Either(bool? one, bool? other) =>
        one is null ? other : other is null ? one : one.Value || other.Value;

    /// <summary>The device tree's name of the board, or the firmware's of a PC.</summary>
    private string? ReadModel()
    {
        string? text = ReadText("sys/firmware/devicetree/base/model")
            ?? ReadText("sys/class/dmi/id/product_name");
        string model = (text ?? string.Empty).Trim('\0', ' ', '\n', '\r');
        return model.Length == 0
            ? null
            : ShownText.Of(model.Length > LongestModel ? model[..LongestModel] : model);
    }

    /// <summary>The firmware's low-voltage alarm, as the kernel's rpi_volt tells it.</summary>
    private bool? ReadVoltageAlarm()
    {
        string[] alarms =
        [
            .. Folders("sys/class/hwmon", "hwmon*")
                .Where(folder => ReadText($"{folder}/name")?.Trim() == "rpi_volt")
                .SelectMany(folder => Files(folder, "in*_lcrit_alarm"))
                .Select(file => ReadText(file)?.Trim())
                .OfType<string>(),
        ];
        return alarms.Length == 0 ? null : alarms.Contains("1");
    }

    private (long Total, long Free)? ReadStorage()
    {
        try
        {
            DriveInfo drive = new(stateFolder);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// JEDEC's DEVICE_LIFE_TIME_EST of both kinds of memory, the worse one: 1 is up to 10 % used,
    /// 10 up to 100 %, 11 beyond. Cards do not tell it, eMMC does.
    /// </summary>
    private int? ReadWear()
    {
        long worst = Folders("sys/block", "mmcblk*")
            .Select(block => ReadText($"{block}/device/life_time"))
            .OfType<string>()
            .SelectMany(text => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            .Select(word => HexOf(word) ?? 0)
            .DefaultIfEmpty(0)
            .Max();
        return worst is >= 1 and <= 11 ? (int)worst * 10 : null;
    }

    /// <summary>JEDEC's PRE_EOL_INFO, of the worst.</summary>
    private string? ReadReserve()
    {
        long worst = Folders("sys/block", "mmcblk*")
            .Select(block => ReadHex($"{block}/device/pre_eol_info") ?? 0)
            .DefaultIfEmpty(0)
            .Max();
        return worst switch
        {
            1 => "normal",
            2 => "warning",
            3 => "urgent",
            _ => null,
        };
    }

    /// <summary>
    /// systemd-timesyncd makes a file when it has set the clock. Its folder is there while it runs;
    /// without it nobody here knows.
    /// </summary>
    private bool? ReadClock() => !Directory.Exists(root + "run/systemd/timesync")
        ? null
        : File.Exists(root + "run/systemd/timesync/synchronized");

    private long? ReadHex(string path) => ReadText(path) is string text ? HexOf(text.Trim()) : null;

    private static long? HexOf(string word)
    {
        string digits =
            word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word;
        return long.TryParse(
            digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            ? value : null;
    }

    private string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(root + path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<string> Folders(string folder, string pattern) =>
        Entries(folder, pattern, Directory.GetDirectories);

    private IEnumerable<string> Files(string folder, string pattern) =>
        Entries(folder, pattern, Directory.GetFiles);

    /// <summary>Paths below the root.</summary>
    private IEnumerable<string> Entries(
        string folder, string pattern, Func<string, string, string[]> list)
    {
        try
        {
            return [.. list(root + folder, pattern).Select(path => path[root.Length..])];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

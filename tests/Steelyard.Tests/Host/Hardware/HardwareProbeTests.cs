using System;
using System.IO;
using System.Text.Json;
using Steelyard.Core.Hardware;
using Steelyard.Host.Hardware;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Host.Hardware;

/// <summary>
/// A made-up board in a folder. The files are those of a Raspberry Pi's kernel; the bits those of
/// vcgencmd get_throttled.
/// </summary>
public sealed class HardwareProbeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("steelyard-board").FullName;

    [Fact]
    public void A_board_that_tells_nothing_is_told_as_nothing_and_not_as_zero()
    {
        HardwareReading reading = Read(temperatureC: null, stateFolder: $"{_root}/missing");

        Assert.Equal(new HardwareReading(), reading);
        Assert.Equal(
            """{"alarms":[]}""",
            JsonSerializer.Serialize(reading, PayloadJson.Default.HardwareReading));
    }

    [Fact]
    public void The_model_is_the_device_trees()
    {
        Put("sys/firmware/devicetree/base/model", "Raspberry Pi Compute Module 4 Rev 1.1\0");

        Assert.Equal("Raspberry Pi Compute Module 4 Rev 1.1", Read().Board);
    }

    [Theory]
    [InlineData("0\n", false, false, false, false)]
    [InlineData("1\n", true, false, false, false)]
    [InlineData("4\n", false, true, false, false)]
    [InlineData("50000\n", false, false, true, true)]
    [InlineData("0x80008\n", false, true, false, true)]
    public void The_firmwares_bits_are_now_and_since_the_boot(
        string word, bool low, bool slow, bool lowSinceBoot, bool slowSinceBoot)
    {
        Put("sys/devices/platform/soc/soc:firmware/get_throttled", word);

        HardwareReading reading = Read();

        Assert.Equal(low, reading.UnderVoltage);
        Assert.Equal(slow, reading.Throttled);
        Assert.Equal(lowSinceBoot, reading.UnderVoltageSinceBoot);
        Assert.Equal(slowSinceBoot, reading.ThrottledSinceBoot);
    }

    [Theory]
    [InlineData("0\n", false)]
    [InlineData("1\n", true)]
    public void The_kernels_voltage_alarm_is_that_of_rpi_volt_and_of_no_other(
        string alarm, bool isLow)
    {
        Put("sys/class/hwmon/hwmon0/name", "nct6775\n");
        Put("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n");
        Assert.Null(Read().UnderVoltage);

        Put("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        Put("sys/class/hwmon/hwmon1/in0_lcrit_alarm", alarm);

        Assert.Equal(isLow, Read().UnderVoltage);
        Assert.Null(Read().Throttled);
    }

    [Fact]
    public void Wear_is_the_worse_of_both_memories_and_a_card_without_it_tells_none()
    {
        Put("sys/block/mmcblk1/size", "1\n");
        Assert.Null(Read().StorageWearPercent);

        Put("sys/block/mmcblk0/device/life_time", "0x01 0x0a\n");
        Put("sys/block/mmcblk0/device/pre_eol_info", "0x02\n");

        Assert.Equal(100, Read().StorageWearPercent);
        Assert.Equal("warning", Read().StorageReserve);
    }

    [Fact]
    public void Memory_is_the_kernels_account_or_that_of_its_first_node()
    {
        Put(
            "sys/devices/system/node/node0/meminfo",
            """
            Node 0 MemTotal:       1000 kB
            Node 0 MemFree:         100 kB
            Node 0 FilePages:       300 kB
            Node 0 Shmem:            50 kB
            Node 0 SReclaimable:     10 kB
            """);
        Assert.Equal(1000 * 1024, Read().MemoryTotalBytes);
        Assert.Equal(360 * 1024, Read().MemoryAvailableBytes);

        Put("proc/meminfo", "MemTotal:  2000 kB\nMemFree:  1 kB\nMemAvailable:  700 kB\n");
        Assert.Equal(2000 * 1024, Read().MemoryTotalBytes);
        Assert.Equal(700 * 1024, Read().MemoryAvailableBytes);
    }

    [Fact]
    public void The_clock_is_synchronised_when_the_time_service_says_so()
    {
        Assert.Null(Read().ClockSynchronised);

        _ = Directory.CreateDirectory($"{_root}/run/systemd/timesync");
        Assert.False(Read().ClockSynchronised);

        Put("run/systemd/timesync/synchronized", string.Empty);
        Assert.True(Read().ClockSynchronised);
    }

    [Fact]
    public void Storage_is_that_of_the_folder_where_the_box_keeps_its_state()
    {
        HardwareReading reading = Read();

        Assert.InRange(reading.StorageFreeBytes!.Value, 0, reading.StorageTotalBytes!.Value);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private HardwareReading Read(double? temperatureC = 51.5, string? stateFolder = null) =>
        new HardwareProbe(_root + "/", stateFolder ?? _root, () => temperatureC).Read();

    private void Put(string path, string text)
    {
        string full = $"{_root}/{path}";
        _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}

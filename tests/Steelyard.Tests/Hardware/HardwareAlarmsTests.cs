using System;
using System.Linq;
using Steelyard.Core.Hardware;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Hardware;

/// <summary>
/// Limits: the Pi's firmware slows down from 80 °C on; its other bits flicker with the load.
/// </summary>
public sealed class HardwareAlarmsTests
{
    private readonly HardwareAlarms _alarms = new();
    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1000);

    [Fact]
    public void A_board_that_tells_nothing_has_no_alarm()
    {
        for (int round = 0; round < 200; round++)
        {
            Assert.Empty(Read(new()));
        }

        Assert.False(_alarms.LightsFault);
    }

    [Fact]
    public void Heat_is_one_alarm_however_it_swings_between_the_limits()
    {
        Assert.Empty(Heat(79.9));
        Assert.Equal(["Temperature raised"], Heat(80));
        Assert.Empty(Heat(79));
        Assert.Empty(Heat(80.5));
        Assert.Empty(Heat(75));
        Assert.True(_alarms.LightsFault);

        Assert.Equal(["Temperature ended"], Heat(74.9));
        Assert.Empty(Heat(79.9));
        Assert.False(_alarms.LightsFault);
    }

    [Fact]
    public void Low_voltage_that_comes_and_goes_is_one_alarm_and_ends_after_a_quiet_minute()
    {
        HardwareReading low = new() { UnderVoltage = true };
        HardwareReading right = new() { UnderVoltage = false };
        Assert.Equal(["UnderVoltage raised"], Read(low));
        for (int round = 0; round < 20; round++)
        {
            Assert.Empty(Read(right, 50));
            Assert.Empty(Read(low));
        }

        Assert.Empty(Read(right));
        Assert.Empty(Read(right, 59));
        Assert.Equal(["UnderVoltage ended"], Read(right, 1));
    }

    [Fact]
    public void Storage_is_full_below_a_twentieth_for_half_a_minute_and_free_above_a_tenth()
    {
        Assert.Empty(Room(49));
        Assert.Empty(Room(49, 29));
        Assert.Equal(["StorageRoom raised"], Room(49, 1));
        Assert.Contains("49 MiB of 1000 MiB", _alarms.Sentences.Single(), StringComparison.Ordinal);
        Assert.Empty(Room(99, 60));
        Assert.Empty(Room(100, 1));
        Assert.Equal(["StorageRoom ended"], Room(100, 30));
    }

    [Fact]
    public void A_burst_is_no_lack_of_memory()
    {
        HardwareReading little = new() { MemoryTotalBytes = 1000, MemoryAvailableBytes = 49 };
        HardwareReading enough = new() { MemoryTotalBytes = 1000, MemoryAvailableBytes = 50 };

        Assert.Empty(Read(little));
        Assert.Empty(Read(enough, 29));
        Assert.Empty(Read(little, 1));
        Assert.Empty(Read(little, 29));
        Assert.Equal(["Memory raised"], Read(little, 1));
    }

    [Theory]
    [InlineData(80, "normal", false)]
    [InlineData(90, null, true)]
    [InlineData(null, "warning", true)]
    [InlineData(null, "urgent", true)]
    [InlineData(110, "normal", true)]
    public void Worn_storage_is_an_alarm(int? worn, string? reserve, bool isRaised)
    {
        _ = Read(new() { StorageWearPercent = worn, StorageReserve = reserve });

        Assert.Equal(isRaised, _alarms.Standing.Contains(HardwareAlarm.StorageWear));
    }

    [Fact]
    public void A_clock_that_is_not_set_in_ten_minutes_is_told_and_lights_nothing()
    {
        HardwareReading unset = new() { ClockSynchronised = false };
        Assert.Empty(Read(unset));
        Assert.Empty(Read(unset, 599));
        Assert.Equal(["Clock raised"], Read(unset, 1));
        Assert.False(_alarms.LightsFault);

        Assert.Equal(["Clock ended"], Read(new() { ClockSynchronised = true }));
    }

    [Fact]
    public void What_is_not_told_any_more_is_no_alarm()
    {
        _ = Heat(90);

        Assert.Equal(["Temperature ended"], Read(new()));
    }

    private string[] Heat(double degrees) => Read(new() { TemperatureC = degrees });

    private string[] Room(long free, int after = 0) => Read(
        new() { StorageTotalBytes = 1000 << 20, StorageFreeBytes = free << 20 }, after);

    private string[] Read(HardwareReading reading, int after = 0)
    {
        _now += TimeSpan.FromSeconds(after);
        return
        [
            .. _alarms.OnReading(reading, _now)
                .Select(news => $"{news.Alarm} {(news.IsRaised ? "raised" : "ended")}"),
        ];
    }
}

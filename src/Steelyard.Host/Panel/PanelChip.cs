using System;
using System.Collections.Generic;
using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Host.Panel;

/// <summary>
/// An open gpiochip behind its driver, which is always chosen by us, never guessed.
/// </summary>
internal sealed class PanelChip : IDisposable
{
    private const string SimulatedPrefix = "simulated:";
    private const string DevicePrefix = "/dev/";
    private const string ChipPrefix = "gpiochip";
    private const string Libgpiod2 = "libgpiod.so.3";

    private static readonly string[] Libgpiod1 = ["libgpiod.so.2", "libgpiod.so.1"];

    private readonly SimulatedGpioDriver? _simulated;

    private PanelChip(GpioDriver driver, SimulatedGpioDriver? simulated)
    {
        Controller = new GpioController(driver);
        _simulated = simulated;
        Lost = simulated?.Lost ?? CancellationToken.None;
    }

    public GpioController Controller { get; }

    /// <summary>Cancelled when the chip went away; a chip on the board never does.</summary>
    public CancellationToken Lost { get; }

    /// <summary>
    /// When the edge happened that a callback is being told of; null when the driver does not say,
    /// and now must do.
    /// </summary>
    public Instant? EdgeAt => _simulated?.EdgeAt;

    public static bool IsSimulated(string chip) =>
        chip.StartsWith(SimulatedPrefix, StringComparison.Ordinal);

    /// <summary>
    /// Opens a chip by its number (<c>0</c>, <c>gpiochip0</c>, <c>/dev/gpiochip0</c>), by its label
    /// (<c>pinctrl-bcm2711</c>) or as <c>simulated:PATH</c>. Which chip bears a label is looked up
    /// now: numbers change from kernel to kernel.
    /// </summary>
    /// <exception cref="PanelException">The chip is not there (yet).</exception>
    public static PanelChip Open(string chip)
    {
        if (IsSimulated(chip))
        {
            SimulatedGpioDriver simulated =
                SimulatedGpioDriver.Connect(chip[SimulatedPrefix.Length..]);
            return new PanelChip(simulated, simulated);
        }

        string name = chip.StartsWith(DevicePrefix, StringComparison.Ordinal)
            ? chip[DevicePrefix.Length..]
            : chip;
        string digits = name.StartsWith(ChipPrefix, StringComparison.Ordinal)
            ? name[ChipPrefix.Length..]
            : name;
        int number = int.TryParse(
            digits, NumberStyles.None, CultureInfo.InvariantCulture, out int said)
            ? said : FindByLabel(name);
        string path = $"{DevicePrefix}{ChipPrefix}{number}";
        return File.Exists(path)
            ? new PanelChip(OpenDriver(number, path), null)
            : throw new PanelException($"{path} is not there: {ChipsHere()}");
    }

    private static int FindByLabel(string label)
    {
        foreach (GpioChipInfo chip in ListChips())
        {
            if (chip.Label == label)
            {
                return chip.Id;
            }
        }

        throw new PanelException($"no gpiochip bears the label '{label}': {ChipsHere()}");
    }

    /// <summary>What could have been named instead.</summary>
    private static string ChipsHere()
    {
        string[] names =
            [.. ListChips().Select(chip => $"{ChipPrefix}{chip.Id} ({ShownText.Of(chip.Label)})")];
        return names.Length == 0
            ? "this machine has no gpiochip, or does not let this user have it"
            : $"here are {string.Join(", ", names)}";
    }

    private static IList<GpioChipInfo> ListChips()
    {
        try
        {
            return IsInstalled(Libgpiod2) ? LibGpiodV2Driver.GetAvailableChips()
                : IsAnyInstalled(Libgpiod1) ? LibGpiodDriver.GetAvailableChips()
                : [];
        }
#pragma warning disable CA1031 // The driver throws what it likes where there is no chip.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }
    }

    /// <summary>A chip behind any driver.</summary>
    internal static PanelChip Over(GpioDriver driver) => new(driver, null);

    public void Dispose() => Controller.Dispose();

    private static GpioDriver OpenDriver(int number, string path)
    {
        try
        {
            if (IsInstalled(Libgpiod2))
            {
                return new LibGpiodV2Driver(number);
            }

            if (IsAnyInstalled(Libgpiod1))
            {
                return new LibGpiodDriver(number);
            }
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or PlatformNotSupportedException
                or GpiodException)
        {
            throw new PanelException($"{path} cannot be opened: {failure.Message}", failure);
        }

        throw new PanelException("libgpiod is not installed: apt install libgpiod2 (or libgpiod3)");
    }

    private static bool IsAnyInstalled(string[] libraries) => libraries.Any(IsInstalled);

    private static bool IsInstalled(string library)
    {
        bool isThere = NativeLibrary.TryLoad(library, out nint handle);
        if (isThere)
        {
            NativeLibrary.Free(handle);
        }

        return isThere;
    }
}

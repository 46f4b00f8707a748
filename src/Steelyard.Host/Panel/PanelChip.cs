using System;
using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
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

    /// <summary>Opens <c>/dev/gpiochip0</c>, <c>gpiochip0</c> or <c>simulated:PATH</c>.</summary>
    /// <exception cref="PanelException">The chip is not there (yet).</exception>
    public static PanelChip Open(string chip)
    {
        if (IsSimulated(chip))
        {
            string path = chip[SimulatedPrefix.Length..];
            SimulatedGpioDriver simulated = SimulatedGpioDriver.Connect(path);
            return new PanelChip(simulated, simulated);
        }

        string name = chip.StartsWith(DevicePrefix, StringComparison.Ordinal)
            ? chip[DevicePrefix.Length..]
            : chip;
        string digits = name.StartsWith(ChipPrefix, StringComparison.Ordinal)
            ? name[ChipPrefix.Length..]
            : string.Empty;
        if (!int.TryParse(
            digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new PanelException($"'{chip}' is no gpiochip: write gpiochip0 or simulated:PATH");
        }

        if (!File.Exists(DevicePrefix + name))
        {
            throw new PanelException($"{DevicePrefix}{name} is not there");
        }

        return new PanelChip(OpenDriver(number, DevicePrefix + name), null);
    }

    /// <summary>A chip behind any driver.</summary>
    internal static PanelChip Over(GpioDriver driver) => new(driver, null);

    public void Dispose() => Controller.Dispose();

    private static GpioDriver OpenDriver(int number, string path)
    {
        try
        {
            if (IsInstalled("libgpiod.so.3"))
            {
                return new LibGpiodV2Driver(number);
            }

            if (IsInstalled("libgpiod.so.2") || IsInstalled("libgpiod.so.1"))
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

using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Iot.Device.BoardLed;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Host.Panel;

/// <summary>
/// The board's own green LED, which bears the role: a box without a panel shows it, too. A board
/// that has none, or does not let this process have it, is as it is.
/// </summary>
internal sealed class BoardLamp : IDisposable
{
    /// <summary>As the Pi's device trees call it.</summary>
    private const string Act = "ACT";

    private const string LedFolder = "/sys/class/leds/" + Act;
    private const string ByProgram = "none";

    private readonly BoardLed _led;
    private readonly string _triggerBefore;
    private readonly int _lit;

    private BoardLamp(BoardLed led)
    {
        _led = led;
        _lit = led.MaxBrightness;
        _triggerBefore = led.Trigger;
        led.Trigger = ByProgram;
    }

    /// <summary>Bears what is asked for until cancelled; does not throw.</summary>
    /// <param name="pattern">Asked at every tick.</param>
    public static async Task BearAsync(
        Func<LedPattern> pattern, CancellationToken cancellation)
    {
        try
        {
            using BoardLamp? lamp = TryOpen();
            if (lamp is not null)
            {
                await BlinkAsync(lamp.Set, pattern, cancellation);
            }
        }
#pragma warning disable CA1031 // The binding throws what it likes; the box runs on without the LED.
        catch (Exception)
#pragma warning restore CA1031
        {
            // A board whose LED cannot be had has none.
        }
    }

    /// <summary>Writes only what changes.</summary>
    internal static async Task BlinkAsync(
        Action<bool> set, Func<LedPattern> pattern, CancellationToken cancellation)
    {
        bool? shown = null;
        for (int tick = 0; !cancellation.IsCancellationRequested;
            tick = (tick + 1) % LedPace.TicksPerSecond)
        {
            bool isLit = LedPace.IsLit(pattern(), tick);
            if (isLit != shown)
            {
                set(isLit);
                shown = isLit;
            }

            await Task.Delay(LedPace.Tick, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The kernel has its LED back.</summary>
    public void Dispose()
    {
        _led.Trigger = _triggerBefore;
        _led.Dispose();
    }

    private static BoardLamp? TryOpen() =>
        Directory.Exists(LedFolder) ? new BoardLamp(new BoardLed(Act)) : null;

    private void Set(bool isLit) => _led.Brightness = isLit ? _lit : 0;
}

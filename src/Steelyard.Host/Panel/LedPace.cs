using System;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Host.Panel;

/// <summary>How a pattern goes on and off in time.</summary>
internal static class LedPace
{
    public const int TicksPerSecond = 10;

    private const int TicksPerSlowHalf = TicksPerSecond / 2;

    /// <summary>
    /// Half a period at 5 Hz, the fastest pattern; five of them are half a period at 1 Hz.
    /// </summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <param name="tick">Of the current second.</param>
    public static bool IsLit(LedPattern pattern, int tick) => pattern switch
    {
        LedPattern.On => true,
        LedPattern.Blink => tick < TicksPerSlowHalf,
        LedPattern.FastBlink => tick % 2 == 0,
        _ => false,
    };
}

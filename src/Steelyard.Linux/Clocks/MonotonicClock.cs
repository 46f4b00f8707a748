using System;
using Steelyard.Core.Time;
using Steelyard.Linux.Interop;

namespace Steelyard.Linux.Clocks;

/// <summary>The machine's monotonic clock: it stands still while the machine sleeps.</summary>
public static class MonotonicClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>CLOCK_MONOTONIC, read in about 30 ns.</summary>
    public static Instant Now => new(Read(Libc.CLOCK_MONOTONIC));

    /// <summary>
    /// The monotonic instant at which the wall clock showed <paramref name="realtimeNanoseconds"/>
    /// (since 1970): the kernel stamps frames with wall time.
    /// </summary>
    internal static Instant FromRealtime(long realtimeNanoseconds)
    {
        long age = Math.Max(0, Read(Libc.CLOCK_REALTIME) - realtimeNanoseconds);
        return new(Math.Max(0, Read(Libc.CLOCK_MONOTONIC) - age));
    }

    private static unsafe long Read(int clock)
    {
        Libc.timespec time;
        _ = Libc.clock_gettime(clock, &time);
        return unchecked((time.tv_sec * NanosecondsPerSecond) + time.tv_nsec);
    }
}

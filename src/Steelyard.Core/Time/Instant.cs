using System;

namespace Steelyard.Core.Time;

/// <summary>A point on the monotonic clock, in nanoseconds since an arbitrary start.</summary>
/// <param name="Nanoseconds">Nanoseconds since the clock's start.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The clock's start.</summary>
    public static Instant Zero => default;

    /// <summary>Later than everything: the deadline of one who waits for nothing.</summary>
    public static Instant Never => new(long.MaxValue);

    public static Instant operator +(Instant at, TimeSpan span) =>
        new(at.Nanoseconds + (span.Ticks * NanosecondsPerTick));

    public static Instant operator -(Instant at, TimeSpan span) =>
        new(at.Nanoseconds - (span.Ticks * NanosecondsPerTick));

    public static TimeSpan operator -(Instant later, Instant earlier) =>
        new((later.Nanoseconds - earlier.Nanoseconds) / NanosecondsPerTick);

    public static bool operator <(Instant left, Instant right) =>
        left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(Instant left, Instant right) =>
        left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(Instant left, Instant right) =>
        left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(Instant left, Instant right) =>
        left.Nanoseconds >= right.Nanoseconds;

    /// <summary>The earlier of two instants: how deadlines are joined.</summary>
    public static Instant Earlier(Instant left, Instant right) => left <= right ? left : right;

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() =>
        this == Never ? "never" : TimeSpan.FromTicks(Nanoseconds / NanosecondsPerTick).ToString();
}

using System;

namespace Steelyard.Core.Telemetry;

/// <summary>What happened per second between two samples.</summary>
public readonly record struct TrafficRates(
    double ConnectionsPerSecond,
    double InPacketsPerSecond,
    double OutPacketsPerSecond,
    double InBytesPerSecond,
    double OutBytesPerSecond)
{
    public double PacketsPerSecond => InPacketsPerSecond + OutPacketsPerSecond;

    public double BytesPerSecond => InBytesPerSecond + OutBytesPerSecond;

    public static TrafficRates operator +(in TrafficRates left, in TrafficRates right) => new(
        left.ConnectionsPerSecond + right.ConnectionsPerSecond,
        left.InPacketsPerSecond + right.InPacketsPerSecond,
        left.OutPacketsPerSecond + right.OutPacketsPerSecond,
        left.InBytesPerSecond + right.InBytesPerSecond,
        left.OutBytesPerSecond + right.OutBytesPerSecond);

    public static TrafficRates Add(in TrafficRates left, in TrafficRates right) => left + right;

    /// <summary>The rates between two samples of the same thing.</summary>
    /// <param name="elapsed">Time between them; no rates come of none.</param>
    public static TrafficRates Between(
        in TrafficSample earlier, in TrafficSample later, TimeSpan elapsed)
    {
        double seconds = elapsed.TotalSeconds;
        return seconds <= 0
            ? default
            : new(
                PerSecond(earlier.Connections, later.Connections, seconds),
                PerSecond(earlier.InPackets, later.InPackets, seconds),
                PerSecond(earlier.OutPackets, later.OutPackets, seconds),
                PerSecond(earlier.InBytes, later.InBytes, seconds),
                PerSecond(earlier.OutBytes, later.OutBytes, seconds));
    }

    // A total that shrank was cleared in between: all that it holds now came after that.
    private static double PerSecond(long earlier, long later, double seconds) =>
        (later < earlier ? later : later - earlier) / seconds;
}

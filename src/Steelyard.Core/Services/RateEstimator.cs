namespace Steelyard.Core.Services;

/// <summary>
/// LVS's estimator of rates: every two seconds a quarter of the way to what was just counted.
/// Packets and connections are kept in units of 2^-10 a second, bytes in units of 2^-5.
/// </summary>
public sealed class RateEstimator(TrafficCounters counters)
{
    /// <summary>Seconds between two calls of <see cref="Sample"/>.</summary>
    public const int PeriodSeconds = 2;

    private const int CountShift = 9;
    private const int ByteShift = 4;
    private const int WeightShift = 2;

    private TrafficCounters _counters = counters;
    private long _lastConnections;
    private long _lastInPackets;
    private long _lastOutPackets;
    private long _lastInBytes;
    private long _lastOutBytes;
    private long _connections;
    private long _inPackets;
    private long _outPackets;
    private long _inBytes;
    private long _outBytes;

    /// <summary>New connections a second.</summary>
    public long Connections => (_connections + 0x1FF) >> 10;

    /// <summary>Packets a second from clients.</summary>
    public long InPackets => (_inPackets + 0x1FF) >> 10;

    /// <summary>Packets a second to clients.</summary>
    public long OutPackets => (_outPackets + 0x1FF) >> 10;

    /// <summary>Bytes a second from clients.</summary>
    public long InBytes => (_inBytes + 0xF) >> 5;

    /// <summary>Bytes a second to clients.</summary>
    public long OutBytes => (_outBytes + 0xF) >> 5;

    /// <summary>
    /// Counts what came since the last call; counters that went back to 0 start anew.
    /// </summary>
    public void Sample()
    {
        Take(_counters.Connections, ref _lastConnections, ref _connections, CountShift);
        Take(_counters.InPackets, ref _lastInPackets, ref _inPackets, CountShift);
        Take(_counters.OutPackets, ref _lastOutPackets, ref _outPackets, CountShift);
        Take(_counters.InBytes, ref _lastInBytes, ref _inBytes, ByteShift);
        Take(_counters.OutBytes, ref _lastOutBytes, ref _outBytes, ByteShift);
    }

    /// <summary>Goes on with other counters; what they had counted before is no rate.</summary>
    public void Follow(TrafficCounters counters)
    {
        if (counters == _counters)
        {
            return;
        }

        _counters = counters;
        _lastConnections = counters.Connections;
        _lastInPackets = counters.InPackets;
        _lastOutPackets = counters.OutPackets;
        _lastInBytes = counters.InBytes;
        _lastOutBytes = counters.OutBytes;
    }

    private static void Take(long count, ref long last, ref long estimate, int shift)
    {
        long come = count >= last ? count - last : count;
        last = count;
        estimate += ((come << shift) - estimate) >> WeightShift;
    }
}

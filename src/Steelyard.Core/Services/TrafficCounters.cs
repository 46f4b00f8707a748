namespace Steelyard.Core.Services;

/// <summary>
/// Running totals, written by the data thread alone. "In" is from clients to servers. Bytes are
/// those of the IP packet.
/// </summary>
public sealed class TrafficCounters
{
    public long Connections;
    public long InPackets;
    public long OutPackets;
    public long InBytes;
    public long OutBytes;

    public void Clear()
    {
        Connections = 0;
        InPackets = 0;
        OutPackets = 0;
        InBytes = 0;
        OutBytes = 0;
    }
}

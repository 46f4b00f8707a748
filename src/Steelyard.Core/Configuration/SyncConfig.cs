using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>Connection replication to the twin: <c>lvs_sync_daemon</c>.</summary>
/// <param name="Interface">Where the twin is reached.</param>
/// <param name="SyncId">0 to 255; a receiver with an id of 0 takes all.</param>
public sealed record SyncConfig(string Interface, byte SyncId)
{
    /// <summary>
    /// The virtual router whose MASTER sends and whose BACKUP receives; none means that the box
    /// always does both.
    /// </summary>
    public string? VirtualRouter { get; init; }

    public IpAddress Group { get; init; } = IpAddress.FromIpv4(0xE000_0051); // 224.0.0.81

    public ushort Port { get; init; } = 8848;

    public byte TimeToLive { get; init; } = 1;

    /// <summary>
    /// Bytes of a message; the file has no word for it, <c>--sync-maxlen</c> of ipvsadm is one.
    /// </summary>
    public int MaximumLength { get; init; } = 1400;
}

using System;

namespace Steelyard.Core.Sync;

/// <summary>Where datagrams of the sync protocol go.</summary>
public interface ISyncChannel
{
    /// <summary>Sends a datagram over the sync channel.</summary>
    void SendToTwin(ReadOnlySpan<byte> datagram);
}

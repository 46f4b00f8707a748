using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// One network interface, as the data thread sees it. A turn: <see cref="Receive"/>, decide each
/// frame in place, <see cref="Transmit"/> on any port, <see cref="Flush"/> every port,
/// <see cref="Release"/>.
/// </summary>
public interface IPacketPort
{
    /// <summary>The interface's name, as in <c>ip link</c>.</summary>
    string Name { get; }

    /// <summary>The kernel's interface index.</summary>
    int InterfaceIndex { get; }

    /// <summary>The interface's own station address.</summary>
    MacAddress HardwareAddress { get; }

    /// <summary>Largest IP packet, in bytes.</summary>
    int MaximumTransmissionUnit { get; }

    PortCounters Counters { get; }

    /// <summary>
    /// Takes a bounded batch without waiting and returns its size; 0 when nothing is there.
    /// The frames stay valid until <see cref="Release"/>.
    /// </summary>
    int Receive();

    /// <summary>
    /// The frame's bytes from the Ethernet header on; they may be rewritten in place.
    /// </summary>
    Span<byte> Frame(int index);

    FrameOffload Offload(int index);

    /// <summary>Gives the batch back.</summary>
    void Release();

    /// <summary>
    /// Queues a frame. Its bytes lie in a port's frame or in a pinned array, and stay unchanged
    /// until <see cref="Flush"/>. A full queue flushes itself.
    /// </summary>
    void Transmit(ReadOnlySpan<byte> frame, in FrameOffload offload);

    /// <summary>Sends what is queued. What the interface refuses is dropped and counted.</summary>
    void Flush();
}

/// <summary>A port's totals; written by the data thread alone.</summary>
public sealed class PortCounters
{
    public long ReceivedPackets;
    public long ReceivedBytes;
    public long TransmittedPackets;
    public long TransmittedBytes;

    /// <summary>Frames that the kernel could not put into a full receive ring.</summary>
    public long ReceiveOverruns;

    /// <summary>Frames that the interface refused to send.</summary>
    public long TransmitRefused;
}

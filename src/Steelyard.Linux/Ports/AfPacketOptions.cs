using System;

namespace Steelyard.Linux.Ports;

/// <summary>How the kernel hands frames over.</summary>
/// <remarks>
/// Measured by <c>Steelyard.Bench ports</c> over veth, kernel 6.18, on two cores of an EPYC
/// virtual machine that were busy with other work; two runs, the receiver asleep at each frame.
/// A hop through two ports added to the bare wire's 27 to 34 µs:
/// <list type="bullet">
/// <item>per frame: 1 to 17 µs at the median, 70 to 141 µs at the 99th percentile;</item>
/// <item>in blocks of 1 ms, the shortest there is: 963 to 965 µs, and 1.1 to 1.6 ms.</item>
/// </list>
/// A flood of 60-octet frames passed at 267,000 to 293,000/s per frame and at 283,000 to 294,000/s
/// in blocks; the kernel's own forwarding in the same runs, 210,000 to 265,000/s. A few per cent of
/// throughput are not worth a millisecond a frame, so each comes at once unless told otherwise.
/// </remarks>
public enum ReceiveRing
{
    Unknown = 0,

    /// <summary>TPACKET_V2: each frame as soon as it is there.</summary>
    PerFrame,

    /// <summary>
    /// TPACKET_V3: blocks of frames, when full or after <see cref="AfPacketOptions.BlockTimeout"/>.
    /// </summary>
    Blocks,
}

/// <summary>How an <see cref="AfPacketPort"/> is opened.</summary>
public sealed record AfPacketOptions
{
    public ReceiveRing Ring { get; init; } = ReceiveRing.PerFrame;

    /// <summary>
    /// Memory of the receive ring, in bytes. 8 MiB are 4,096 slots of 2 KiB: what comes in 10 ms
    /// (a long garbage collection) at 400,000 frames/s.
    /// </summary>
    public int RingBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Bytes of a slot of the per-frame ring, a power of two; 0 fits it to the interface's MTU.
    /// Longer frames take a second way, one system call each.
    /// </summary>
    public int SlotBytes { get; init; }

    /// <summary>Most frames in a batch.</summary>
    public int BatchLength { get; init; } = 64;

    /// <summary>How long a block waits to be filled, in whole milliseconds; at least one.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Sends past the interface's queueing discipline (PACKET_QDISC_BYPASS): fewer instructions,
    /// but a busy driver drops instead of queueing.
    /// </summary>
    public bool BypassesQueue { get; init; }

    /// <summary>
    /// Receives everything that is not control's, whatever its destination: for tests and
    /// measurements. Otherwise only stations named by <see cref="AfPacketPort.AcceptStation"/>.
    /// </summary>
    public bool AcceptsAllStations { get; init; }
}

using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>A frame that is being decided, and where it came from.</summary>
internal readonly ref struct Arrival(ref readonly FrameOffload offload)
{
    private readonly ref readonly FrameOffload _offload = ref offload;

    /// <summary>
    /// Of a packet that was put together here: nothing of a frame's device work holds for it.
    /// </summary>
    public static readonly FrameOffload NoOffload = new(ChecksumState.Unchecked);

    public required EnginePort Port { get; init; }

    public Span<byte> Frame { get; init; }

    public ref readonly FrameOffload Offload => ref _offload;

    /// <summary>The hash of the packet's flow, if it was seen in time.</summary>
    public uint FlowHash { get; init; }

    /// <summary>Where the IP packet starts in the frame.</summary>
    public int PacketOffset { get; init; }

    /// <summary>
    /// Octets of the largest fragment, when the packet came in fragments; else 0.
    /// </summary>
    public int LargestFragment { get; init; }

    public Instant Now { get; init; }

    /// <summary>The virtual station address that the frame came to.</summary>
    public MacAddress Station => MacAddress.Read(Frame);

    /// <summary>The station that sent the frame.</summary>
    public MacAddress Sender => MacAddress.Read(Frame[MacAddress.Length..]);

    /// <summary>
    /// The offload's start of summing is the packet's own transport header; else it belongs to a
    /// packet inside, and the outer checksum is complete.
    /// </summary>
    public bool IsUnfinished(int headerLength) =>
        Offload.Checksum == ChecksumState.Unfinished
        && Offload.ChecksumStart == PacketOffset + headerLength;
}

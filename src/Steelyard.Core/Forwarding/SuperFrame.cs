using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Arithmetic of super-frames: packets up to 64 KiB that a device will cut into segments later,
/// each with a copy of the headers.
/// </summary>
internal static class SuperFrame
{
    /// <summary>Octets of the IP and transport headers that each segment carries.</summary>
    public static int HeadersOf(in IpPacket packet)
    {
        int transport = packet.Protocol == IpProtocol.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment)
                ? segment.HeaderLength
                : UdpDatagram.HeaderLength;
        return packet.HeaderLength + transport;
    }

    /// <summary>How many packets it will be on the wire.</summary>
    public static int SegmentsOf(in IpPacket packet, in FrameOffload offload)
    {
        int payload = packet.TotalLength - HeadersOf(packet);
        int length = offload.SegmentLength;
        return length == 0 || payload <= length ? 1 : (payload + length - 1) / length;
    }

    /// <summary>
    /// What travels on with a frame whose first octets were left away. A tag stays behind: it was
    /// for the link that the frame came by.
    /// </summary>
    public static FrameOffload OnwardOffload(in FrameOffload offload, int removed)
    {
        bool isUnfinished = offload.Checksum == ChecksumState.Unfinished;
        return offload with
        {
            Checksum = isUnfinished ? ChecksumState.Unfinished : ChecksumState.Unchecked,
            ChecksumStart = Less(offload.ChecksumStart, removed),
            HeaderLength = Less(offload.HeaderLength, removed),
            VlanTag = 0,
            HasVlanTag = false,
        };
    }

    private static ushort Less(ushort offset, int removed) =>
        (ushort)Math.Max(0, offset - removed);
}

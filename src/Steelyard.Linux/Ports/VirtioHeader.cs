using System.Runtime.CompilerServices;
using Steelyard.Core.Forwarding;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Between the virtio-net header that travels with each frame and <see cref="FrameOffload"/>.
/// See linux/virtio_net.h; numbers are in the machine's order.
/// </summary>
internal static unsafe class VirtioHeader
{
    /// <summary>Bytes of the header.</summary>
    internal const int Length = 10;

    /// <summary>Bytes of a VLAN tag in a frame: protocol and control information.</summary>
    internal const int TagLength = 4;

    private const int TcpDataOffset = 12;
    private const int UdpHeaderLength = 8;

    /// <summary>What a header, and the tag found beside the frame, say about the frame.</summary>
    internal static FrameOffload Read(
        virtio_net_hdr* header, byte* frame, int length, bool hasTag, ushort tag)
    {
        // Nearly every frame of a real wire: nothing unfinished, or the device checked the sum.
        if ((header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0 && header->gso_type == 0)
        {
            ChecksumState checksum = (header->flags & VIRTIO_NET_HDR_F_DATA_VALID) != 0
                ? ChecksumState.Verified
                : ChecksumState.Unchecked;
            return new(Checksum: checksum, VlanTag: tag, HasVlanTag: hasTag);
        }

        return ReadUnfinished(header, frame, length, hasTag, tag);
    }

    /// <summary>
    /// The header to send with a frame whose tag, if any, is put back into its bytes.
    /// </summary>
    internal static void Write(virtio_net_hdr* header, in FrameOffload offload)
    {
        *header = default;
        if (offload.Checksum != ChecksumState.Unfinished
            && offload.Segmentation == SegmentationKind.None)
        {
            return;
        }

        int shift = offload.HasVlanTag ? TagLength : 0;
        if (offload.Checksum == ChecksumState.Unfinished)
        {
            header->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
            header->csum_start = unchecked((ushort)(offload.ChecksumStart + shift));
            header->csum_offset = offload.ChecksumOffset;
        }

        if (offload.Segmentation != SegmentationKind.None)
        {
            int ecn = offload.CongestionExperienced ? VIRTIO_NET_HDR_GSO_ECN : 0;
            header->gso_type = unchecked((byte)((int)offload.Segmentation | ecn));
            header->gso_size = offload.SegmentLength;
            header->hdr_len = unchecked((ushort)(offload.HeaderLength + shift));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FrameOffload ReadUnfinished(
        virtio_net_hdr* header, byte* frame, int length, bool hasTag, ushort tag)
    {
        bool isUnfinished = (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0;
        bool isVerified = (header->flags & VIRTIO_NET_HDR_F_DATA_VALID) != 0;
        SegmentationKind kind =
            (SegmentationKind)unchecked((byte)(header->gso_type & ~VIRTIO_NET_HDR_GSO_ECN));
        return new(
            isUnfinished ? ChecksumState.Unfinished
                : isVerified ? ChecksumState.Verified : ChecksumState.Unchecked,
            isUnfinished ? header->csum_start : (ushort)0,
            isUnfinished ? header->csum_offset : (ushort)0,
            kind,
            (header->gso_type & VIRTIO_NET_HDR_GSO_ECN) != 0,
            kind == SegmentationKind.None ? (ushort)0 : header->gso_size,
            kind == SegmentationKind.None ? (ushort)0 : HeaderLength(header, kind, frame, length),
            tag,
            hasTag);
    }

    /// <summary>
    /// Bytes of all headers of a super-frame. The kernel's own figure says only how much of the
    /// frame lay in one piece, which for a short one is all of it; so the transport header is read.
    /// </summary>
    private static ushort HeaderLength(
        virtio_net_hdr* header, SegmentationKind kind, byte* frame, int length)
    {
        int start = header->csum_start;
        bool hasStart = (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0
            && start + TcpDataOffset < length;
        if (!hasStart)
        {
            return header->hdr_len;
        }

        int headers = kind is SegmentationKind.TcpIpv4 or SegmentationKind.TcpIpv6
            ? start + (frame[start + TcpDataOffset] >> 4 << 2)
            : start + UdpHeaderLength;
        return unchecked((ushort)headers);
    }
}

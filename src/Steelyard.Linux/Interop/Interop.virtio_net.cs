namespace Steelyard.Linux.Interop;

/// <summary>Constants and the header of linux/virtio_net.h.</summary>
internal static partial class Libc
{
    internal const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    internal const byte VIRTIO_NET_HDR_F_DATA_VALID = 2;
    internal const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;

    internal struct virtio_net_hdr
    {
        internal byte flags;
        internal byte gso_type;
        internal ushort hdr_len;
        internal ushort gso_size;
        internal ushort csum_start;
        internal ushort csum_offset;
    }
}

namespace Steelyard.Core.Forwarding;

/// <summary>What is known of a frame's transport checksum.</summary>
public enum ChecksumState : byte
{
    /// <summary>The field is as it was on the wire, and nobody has checked it.</summary>
    Unchecked = 0,

    /// <summary>
    /// The field holds the pseudo-header's sum only; the sender's device was to finish it.
    /// </summary>
    Unfinished,

    /// <summary>The device has checked the field.</summary>
    Verified,
}

/// <summary>The kind of super-frame, with virtio-net's numbers (VIRTIO_NET_HDR_GSO_*).</summary>
public enum SegmentationKind : byte
{
    None = 0,
    TcpIpv4 = 1,
    UdpFragments = 3,
    TcpIpv6 = 4,
    UdpSegments = 5,
}

/// <summary>
/// What travels beside a frame's bytes: VLAN tag, unfinished work of the sender's device.
/// </summary>
/// <param name="Checksum">State of the transport checksum.</param>
/// <param name="ChecksumStart">Where summing starts, from the frame's first byte.</param>
/// <param name="ChecksumOffset">
/// Where the sum belongs, from <paramref name="ChecksumStart"/>.
/// </param>
/// <param name="Segmentation">Kind of super-frame.</param>
/// <param name="CongestionExperienced">
/// The super-frame carries ECN (VIRTIO_NET_HDR_GSO_ECN).
/// </param>
/// <param name="SegmentLength">Payload bytes of each segment of a super-frame.</param>
/// <param name="HeaderLength">Bytes of all headers of a super-frame.</param>
/// <param name="VlanTag">Tag control information of a tag that the device took off.</param>
/// <param name="HasVlanTag">Whether there was one.</param>
public readonly record struct FrameOffload(
    ChecksumState Checksum = ChecksumState.Unchecked,
    ushort ChecksumStart = 0,
    ushort ChecksumOffset = 0,
    SegmentationKind Segmentation = SegmentationKind.None,
    bool CongestionExperienced = false,
    ushort SegmentLength = 0,
    ushort HeaderLength = 0,
    ushort VlanTag = 0,
    bool HasVlanTag = false);

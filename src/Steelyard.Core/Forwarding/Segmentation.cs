using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Cuts a super-frame's packet into the packets that a device would have made of it, where no
/// device can: behind a tunnel's headers. Each has a copy of the headers and a share of the
/// payload, and checksums that are summed anew.
/// </summary>
public readonly ref struct Segmentation
{
    private const int Ipv6PayloadLengthOffset = 4;
    private const int Ipv4TotalLengthOffset = 2;
    private const int TcpSequenceOffset = 4;
    private const int TcpFlagsOffset = 13;
    private const int TcpChecksumOffset = 16;
    private const int UdpLengthOffset = 4;
    private const int UdpChecksumOffset = 6;

    private readonly IpPacket _packet;
    private readonly int _headersLength;
    private readonly int _segmentLength;

    private Segmentation(IpPacket packet, int headersLength, int segmentLength)
    {
        int payload = packet.TotalLength - headersLength;
        bool isCut = segmentLength > 0 && segmentLength < payload;
        _packet = packet;
        _headersLength = headersLength;
        _segmentLength = isCut ? segmentLength : payload;
        Count = isCut ? (payload + segmentLength - 1) / segmentLength : 1;
    }

    /// <summary>How many packets it becomes; 1 when it is no super-frame.</summary>
    public int Count { get; }

    private bool IsTcp => _packet.Protocol == IpProtocol.Tcp;

    /// <summary>
    /// False for what is neither TCP nor UDP, and for a UDP datagram that the device was to cut
    /// into IP fragments: its segment length counts otherwise.
    /// </summary>
    /// <param name="octets">The IP packet, whole.</param>
    /// <param name="offload">What came with its frame.</param>
    /// <param name="segmentation">The cut; it reads the packet until the last is written.</param>
    public static bool TryPlan(
        Span<byte> octets, in FrameOffload offload, out Segmentation segmentation)
    {
        segmentation = default;
        if (!IpPacket.TryParse(octets, out IpPacket packet)
            || !Fits(offload.Segmentation, packet.Protocol))
        {
            return false;
        }

        int transportLength;
        if (packet.Protocol == IpProtocol.Tcp)
        {
            if (!TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
            {
                return false;
            }

            transportLength = segment.HeaderLength;
        }
        else
        {
            if (packet.Payload.Length < UdpDatagram.HeaderLength)
            {
                return false;
            }

            transportLength = UdpDatagram.HeaderLength;
        }

        bool isSuper = offload.Segmentation != SegmentationKind.None;
        segmentation = new(
            packet, packet.HeaderLength + transportLength, isSuper ? offload.SegmentLength : 0);
        return true;
    }

    /// <summary>The length of one of the IP packets, in octets.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public int LengthOf(int index)
    {
        int rest = _packet.TotalLength - _headersLength - (index * _segmentLength);
        return _headersLength + Math.Min(_segmentLength, rest);
    }

    /// <summary>Writes one of the IP packets.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <param name="segment">Exactly as long as <see cref="LengthOf"/> says.</param>
    public void Write(int index, Span<byte> segment)
    {
        int offset = index * _segmentLength;
        int payload = segment.Length - _headersLength;
        ReadOnlySpan<byte> whole = _packet.Octets;
        whole[.._headersLength].CopyTo(segment);
        whole.Slice(_headersLength + offset, payload).CopyTo(segment[_headersLength..]);
        WriteIp(index, segment);
        if (IsTcp)
        {
            WriteTcp(index, offset, segment[_packet.HeaderLength..]);
        }
        else
        {
            WriteUdp(segment[_packet.HeaderLength..]);
        }
    }

    private static bool Fits(SegmentationKind kind, IpProtocol protocol) => kind switch
    {
        SegmentationKind.None => protocol is IpProtocol.Tcp or IpProtocol.Udp,
        SegmentationKind.TcpIpv4 or SegmentationKind.TcpIpv6 => protocol == IpProtocol.Tcp,
        SegmentationKind.UdpSegments => protocol == IpProtocol.Udp,
        _ => false,
    };

    /// <summary>IPv4 numbers its packets one after the other; IPv6 does not number them.</summary>
    private void WriteIp(int index, Span<byte> segment)
    {
        if (!_packet.IsIpv4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(
                segment[Ipv6PayloadLengthOffset..],
                (ushort)(segment.Length - Ipv6Packet.HeaderLength));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            segment[Ipv4TotalLengthOffset..], (ushort)segment.Length);
        Ipv4Packet header = Ipv4Packet.Over(segment, _packet.HeaderLength);
        header.Identification = unchecked((ushort)(header.Identification + index));
        header.RewriteChecksum();
    }

    /// <summary>
    /// What ends the data belongs to the last segment, and an answer to a mark of congestion is
    /// given once. RFC 3168 §6.1.2.
    /// </summary>
    private void WriteTcp(int index, int offset, Span<byte> segment)
    {
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[TcpSequenceOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(
            segment[TcpSequenceOffset..], unchecked(sequence + (uint)offset));
        TcpFlags flags = (TcpFlags)segment[TcpFlagsOffset];
        if (index > 0)
        {
            flags &= ~TcpFlags.CongestionWindowReduced;
        }

        if (index < Count - 1)
        {
            flags &= ~(TcpFlags.Fin | TcpFlags.Push);
        }

        segment[TcpFlagsOffset] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(
            segment[TcpChecksumOffset..], Sum(segment, TcpChecksumOffset));
    }

    private void WriteUdp(Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(
            datagram[UdpLengthOffset..], (ushort)datagram.Length);
        bool isUnsummed = _packet.IsIpv4
            && BinaryPrimitives.ReadUInt16BigEndian(datagram[UdpChecksumOffset..]) == 0;
        if (isUnsummed)
        {
            // The sender made no checksum, as IPv4 allows. RFC 768.
            return;
        }

        ushort checksum = Sum(datagram, UdpChecksumOffset);
        BinaryPrimitives.WriteUInt16BigEndian(
            datagram[UdpChecksumOffset..],
            checksum == 0 ? InternetChecksum.UdpZero : checksum);
    }

    private ushort Sum(Span<byte> transport, int checksumOffset)
    {
        transport.Slice(checksumOffset, sizeof(ushort)).Clear();
        return InternetChecksum.Finish(
            InternetChecksum.Sum(transport, _packet.PseudoHeader(transport.Length)));
    }
}

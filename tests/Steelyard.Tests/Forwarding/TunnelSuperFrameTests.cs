using System;
using System.Buffers.Binary;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// A device would cut a super-frame by its own headers, not by those inside a tunnel: so it is cut
/// before it is wrapped.
/// </summary>
public sealed class TunnelSuperFrameTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";

    [Fact]
    public void A_super_frame_leaves_a_tunnel_as_wrapped_packets_with_whole_checksums()
    {
        TestBox box = TunnelBox();

        SentFrame[] sent = Deliver(box, payload: 3000, segment: 1000);

        Assert.Equal(3, sent.Length);
        Assert.All(sent, frame =>
        {
            Assert.Equal(ChecksumState.Unchecked, frame.Offload.Checksum);
            Assert.Equal(SegmentationKind.None, frame.Offload.Segmentation);
            Assert.Equal(1060, frame.Packet.Length);
            Assert.Equal(0, SlowChecksum.Of(frame.Packet.AsSpan(0, 20)));
            Assert.Equal(0, SlowChecksum.Of(frame.Packet.AsSpan(20, 20)));
            Assert.Equal(0, SlowChecksum.OfTransport(frame.Packet.AsSpan(20)));
        });
        Assert.Equal(
            [1001u, 2001u, 3001u],
            sent.Select(frame => BinaryPrimitives.ReadUInt32BigEndian(frame.Packet.AsSpan(44))));
        box.CheckConservation();
    }

    /// <summary>1,500 octets less the outer header: the sender hears of 1,480.</summary>
    [Fact]
    public void Segments_that_the_tunnel_makes_too_long_are_refused_with_the_right_size()
    {
        TestBox box = TunnelBox();

        SentFrame refusal = Assert.Single(Deliver(box, payload: 2920, segment: 1460));

        Assert.Same(box.Outside, refusal.Port);
        Assert.Equal((3, 4), (refusal.Packet[20], refusal.Packet[21]));
        Assert.Equal(1480, BinaryPrimitives.ReadUInt16BigEndian(refusal.Packet.AsSpan(26)));
    }

    private static TestBox TunnelBox()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Tunnel);
        Assert.Single(box.FromClient(PacketBuilder.Tcp(Client, Web)));
        return box;
    }

    private static SentFrame[] Deliver(TestBox box, int payload, ushort segment)
    {
        byte[] packet = PacketBuilder.Tcp(Client, Web)
            .Flags(TcpFlags.Acknowledgment)
            .Sequence(1001, 1)
            .Payload(payload)
            .Build();

        // The field holds the pseudo-header's sum, as a sender leaves it to its device.
        uint pseudo = InternetChecksum.PseudoHeader(
            0x0A000001, 0x0A090001, 6, packet.Length - 20);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(36), InternetChecksum.Fold(pseudo));
        FrameOffload offload = new(
            ChecksumState.Unfinished,
            ChecksumStart: 34,
            ChecksumOffset: 16,
            Segmentation: SegmentationKind.TcpIpv4,
            SegmentLength: segment,
            HeaderLength: 54);
        return box.FromClient(packet, offload);
    }
}

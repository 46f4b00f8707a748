using System;
using System.Buffers.Binary;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// The box's own kernel behind its link, with nobody who listens: it resets connections and
/// refuses datagrams, and hears nothing for loopback addresses.
/// </summary>
internal static class KernelStack
{
    private const int IpHeaderLength = 20;
    private const int IcmpHeaderLength = 8;
    private const byte IcmpProtocol = 1;

    /// <summary>The engine's end of the link.</summary>
    public static MemoryPort Port(int mtu)
    {
        MemoryPort port = new(
            LocalLink.EngineSide, Topology.LocalIndex, Topology.LocalMac, 4, slotLength: 65_600)
        {
            MaximumTransmissionUnit = mtu,
        };
        port.Taker = (ReadOnlySpan<byte> frame, in FrameOffload offload) =>
        {
            SentFrame sent = new(port, frame.ToArray(), offload);
            Assert.Equal(Topology.KernelMac, sent.Destination);
            if (AnswerTo(sent.Packet) is byte[] answer)
            {
                Assert.True(port.Deliver(PacketBuilder.InFrame(
                    answer,
                    LocalLink.EngineStation,
                    Topology.KernelMac,
                    (ushort)EtherType.Ipv4)));
            }
        };
        return port;
    }

    private static byte[]? AnswerTo(byte[] packet)
    {
        Assert.Null(PacketSums.FaultOf(packet));
        if (packet[16] == 127)
        {
            return null;
        }

        ReadOnlySpan<byte> body = PacketSums.Body(packet);
        Endpoint source = new(
            IpAddress.ReadIpv4(packet.AsSpan(12)), BinaryPrimitives.ReadUInt16BigEndian(body));
        Endpoint destination = new(
            IpAddress.ReadIpv4(packet.AsSpan(16)),
            BinaryPrimitives.ReadUInt16BigEndian(body[2..]));
        return PacketSums.Protocol(packet) == GoldenPacket.TcpProtocol
            ? GoldenPacket.Tcp(
                destination, source, TcpFlags.Reset | TcpFlags.Acknowledgment, 0)
            : PortUnreachable(packet);
    }

    /// <summary>RFC 792: type 3, code 3, and the datagram.</summary>
    private static byte[] PortUnreachable(ReadOnlySpan<byte> about)
    {
        byte[] packet = new byte[IpHeaderLength + IcmpHeaderLength + about.Length];
        about[..IpHeaderLength].CopyTo(packet);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[9] = IcmpProtocol;
        packet.AsSpan(10, 2).Clear();
        about.Slice(16, 4).CopyTo(packet.AsSpan(12));
        about.Slice(12, 4).CopyTo(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10), SlowChecksum.Of(packet.AsSpan(0, IpHeaderLength)));
        Span<byte> message = packet.AsSpan(IpHeaderLength);
        message[0] = 3;
        message[1] = 3;
        about.CopyTo(message[IcmpHeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], SlowChecksum.Of(message));
        return packet;
    }
}

using System;
using System.Collections.Generic;
using CsCheck;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Whatever comes in: no exception, each frame has one fate, each sent sum is right.
/// </summary>
public class FuzzTests
{
    /// <summary>A packet that is right, then bent in a few places, cut or grown.</summary>
    private static readonly Gen<(byte[] Packet, bool IsBent)> Packets =
        from kind in Gen.Int[0, 7]
        from client in Gen.Int[1, 6]
        from port in Gen.Int[79, 82]
        from flags in Gen.Byte
        from length in Gen.Int[0, 80]
        from options in Gen.Int[0, 10]
        from mayBeCut in Gen.Bool
        from timeToLive in Gen.Int[0, 4]
        from changes in Gen.Select(Gen.Int[0, 99], Gen.Byte).List[0, 4]
        from bends in Gen.Bool
        from cut in Gen.Int[0, 99]
        select Bend(
            Finish(
                Make(kind, client, port, flags, length),
                options,
                mayBeCut,
                (byte)(timeToLive + (timeToLive > 2 ? 60 : 0))),
            bends ? changes : [],
            bends ? cut : 99);

    [Fact]
    public void Random_octets_do_no_harm()
    {
        Gen.Select(Gen.Byte.Array[0, 120], Gen.Bool, Gen.Int[0, 3]).List[1, 40].Sample(
            frames =>
            {
                TestBox box = Box();
                foreach ((byte[] octets, bool outside, int state) in frames)
                {
                    if (octets.Length >= 6)
                    {
                        (outside ? TestBox.OutsideVirtual : TestBox.InsideVirtual).Write(octets);
                    }

                    box.Send(outside ? box.Outside : box.Inside, octets, Offload(state, octets));
                }

                box.CheckConservation();
            },
            iter: 1000,
            seed: "0000KOIPKN63");
    }

    [Fact]
    public void Bent_packets_do_no_harm_and_right_ones_leave_right()
    {
        Gen.Select(Packets, Gen.Bool).List[1, 40].Sample(
            steps =>
            {
                TestBox box = Box();
                box.Inside.MaximumTransmissionUnit = 100;
                box.Outside.MaximumTransmissionUnit = 110;
                foreach (((byte[] packet, bool isBent), bool fromClient) in steps)
                {
                    SentFrame[] sent = fromClient
                        ? box.FromClient(packet)
                        : box.FromServer(packet);
                    foreach (SentFrame frame in sent)
                    {
                        string? fault = SlowChecksum.FaultOf(frame.Packet);
                        Assert.True(fault is null || (isBent && fault != "IPv4 header checksum"));
                    }
                }

                box.CheckConservation();
            },
            iter: 1000,
            seed: "0000KOIPKN63");
    }

    private static FrameOffload Offload(int state, byte[] octets) => state switch
    {
        1 => new(ChecksumState.Unfinished, 34, 16),
        2 => new(ChecksumState.Unfinished, 65_535, 65_535, SegmentationKind.TcpIpv4, true, 1, 9),
        3 => new(
            ChecksumState.Verified,
            Segmentation: SegmentationKind.UdpSegments,
            SegmentLength: (ushort)octets.Length),
        _ => default,
    };

    private static PacketBuilder Make(int kind, int client, int port, byte flags, int length)
    {
        string from = $"10.0.0.{client}:4000{client % 4}";
        string to = $"10.9.0.{1 + (client % 2)}:{port}";
        return kind switch
        {
            0 => PacketBuilder.Tcp(from, to).Payload(length),
            1 => PacketBuilder.Tcp(from, to).Flags((TcpFlags)flags).Payload(length),
            2 => PacketBuilder.Udp(from, to).Payload(length),
            3 => PacketBuilder.Udp(from, to).Payload(length).WithoutUdpChecksum(),
            4 => PacketBuilder.Tcp("10.1.0.11:8080", from).Flags((TcpFlags)flags).Payload(length),
            5 => PacketBuilder.EchoRequest($"10.0.0.{client}", "10.9.0.1"),
            6 => PacketBuilder.Icmp(
                "10.0.9.9", "10.9.0.1", (byte)(3 + (flags % 3)), 4, 1280,
                PacketBuilder.Tcp(to, from).Payload(length).Build()),
            _ => PacketBuilder.Icmp(
                "10.1.0.77", $"10.0.0.{client}", 3, 4, 1280,
                PacketBuilder.Tcp(from, "10.1.0.11:8080").Payload(length).Build()),
        };
    }

    private static byte[] Finish(
        PacketBuilder packet, int options, bool mayBeCut, byte timeToLive)
    {
        // Words of "no operation": options that nothing forbids.
        byte[] none = new byte[options * 4];
        Array.Fill(none, (byte)1);
        packet = mayBeCut ? packet.MayBeCut() : packet;
        return packet.IpOptions(none).TimeToLive(timeToLive).Build();
    }

    private static (byte[] Packet, bool IsBent) Bend(
        byte[] packet, List<(int Place, byte Value)> changes, int cut)
    {
        foreach ((int place, byte value) in changes)
        {
            packet[packet.Length * place / 100] = value;
        }

        // From nothing at all to the whole packet.
        int length = cut < 5 ? packet.Length * cut / 5 : packet.Length;
        return (packet[..length], changes.Count > 0 || length < packet.Length);
    }

    private static TestBox Box()
    {
        TestBox box = new(
            new EngineOptions
            {
                ConnectionCapacity = 64,
                EventQueue = 64,
                NeighbourCapacity = 64,
                WaitingFrames = 4,
            },
            slots: 2);
        VirtualService nat = box.AddService(TransportProtocol.Tcp, "10.9.0.1:80");
        box.AddServer(nat, "10.1.0.11:8080", ForwardingMethod.Nat);
        VirtualService direct = box.AddService(TransportProtocol.Tcp, "10.9.0.2:80");
        box.AddServer(direct, "10.1.0.12:80", ForwardingMethod.Direct);
        VirtualService datagrams = box.AddService(TransportProtocol.Udp, "10.9.0.1:80");
        box.AddServer(datagrams, "10.1.0.11:8080", ForwardingMethod.Nat);
        return box;
    }
}

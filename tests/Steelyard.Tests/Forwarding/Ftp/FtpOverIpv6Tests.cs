using System;
using System.Buffers.Binary;
using System.Text;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>FTP with full NAT over IPv6, where the command of RFC 2428 alone can name an end.
/// </summary>
public sealed class FtpOverIpv6Tests
{
    private const int HeadersLength = 60;

    private static readonly Endpoint Client = TestBox.At("[fd00:c::1]:40001");
    private static readonly Endpoint Virtual = TestBox.At("[fd00:9::1]:21");
    private static readonly Endpoint Server = TestBox.At("[fd00:1::11]:21");
    private static readonly IpAddress Pool = TestBox.Address("fd00:1::254");

    [Fact]
    public void The_server_reads_an_end_of_the_box_in_a_packet_of_the_right_length()
    {
        TestBox box = FullNat(out Endpoint peer);

        byte[] command = FromClient(
            box, Segment(Client, Virtual, TcpFlags.Acknowledgment, "EPRT |2|fd00:c::1|5000|\r\n"));
        string[] parts = Encoding.ASCII.GetString(command[HeadersLength..]).Split('|');

        Assert.Equal(peer.Address, IpAddress.Parse(parts[2]));
        Assert.NotEqual("5000", parts[3]);
        Assert.Equal(command.Length - 40, BinaryPrimitives.ReadUInt16BigEndian(command.AsSpan(4)));
        Assert.Equal(0, SumOf(command));
    }

    [Fact]
    public void The_servers_data_connection_reaches_the_client_as_the_virtual_address()
    {
        TestBox box = FullNat(out _);
        byte[] command = FromClient(
            box, Segment(Client, Virtual, TcpFlags.Acknowledgment, "EPRT |2|fd00:c::1|5000|\r\n"));
        string[] parts = Encoding.ASCII.GetString(command[HeadersLength..]).Split('|');
        Endpoint told = TestBox.At($"[{parts[2]}]:{parts[3]}");

        byte[] opened =
            FromServer(box, Segment(Server with { Port = 20 }, told, TcpFlags.Syn, string.Empty));

        Assert.Equal(Virtual with { Port = 20 }, EndOf(opened, 8, 40));
        Assert.Equal(Client with { Port = 5000 }, EndOf(opened, 24, 42));
        Assert.Equal(0, SumOf(opened));
    }

    private static TestBox FullNat(out Endpoint peer)
    {
        TestBox box = new();
        box.Command(new HoldAddress(TestBox.OutsideIndex, Virtual.Address, TestBox.OutsideVirtual));
        box.Command(new HoldAddress(TestBox.InsideIndex, Pool, TestBox.InsideVirtual));
        box.Command(new ReplaceRoutes(new RouteTable(
        [
            new(Prefix("fd00:c::/64"), null, TestBox.OutsideIndex, 0),
            new(Prefix("fd00:1::/64"), null, TestBox.InsideIndex, 0),
        ])));
        box.Command(new NeighbourLearned(
            TestBox.OutsideIndex, Client.Address, TestBox.RouterMac));
        box.Command(new NeighbourLearned(
            TestBox.InsideIndex, Server.Address, TestBox.ServerMac(11)));
        box.Command(new ReplaceSourcePool([Pool]));
        VirtualService service = box.AddService(TransportProtocol.Tcp, Virtual.ToString());
        box.AddServer(service, Server.ToString(), ForwardingMethod.FullNat);
        byte[] syn = FromClient(box, Segment(Client, Virtual, TcpFlags.Syn, string.Empty));
        peer = EndOf(syn, 8, 40);
        TcpFlags both = TcpFlags.Syn | TcpFlags.Acknowledgment;
        _ = FromServer(box, Segment(Server, peer, both, string.Empty));
        _ = FromClient(box, Segment(Client, Virtual, TcpFlags.Acknowledgment, string.Empty));
        return box;
    }

    private static byte[] FromClient(TestBox box, byte[] packet) => Assert.Single(box.Send(
        box.Outside, InFrame(packet, TestBox.OutsideVirtual, TestBox.RouterMac))).Packet;

    private static byte[] FromServer(TestBox box, byte[] packet) => Assert.Single(box.Send(
        box.Inside, InFrame(packet, TestBox.InsideVirtual, TestBox.ServerMac(11)))).Packet;

    private static byte[] InFrame(byte[] packet, MacAddress destination, MacAddress source)
    {
        byte[] frame = new byte[14 + packet.Length];
        EthernetFrame.Write(frame, destination, source, EtherType.Ipv6);
        packet.CopyTo(frame, 14);
        return frame;
    }

    private static byte[] Segment(
        in Endpoint source, in Endpoint destination, TcpFlags flags, string text)
    {
        byte[] packet = new byte[HeadersLength + text.Length];
        Ipv6Packet.Write(
            packet, IpProtocol.Tcp, hopLimit: 64, source.Address, destination.Address);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(44), 1001);
        packet[52] = 5 << 4;
        packet[53] = (byte)flags;
        Encoding.ASCII.GetBytes(text).CopyTo(packet, HeadersLength);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(56), SumOf(packet));
        return packet;
    }

    /// <summary>Over the pseudo-header (RFC 8200 §8.1) and all of the segment.</summary>
    private static ushort SumOf(byte[] packet)
    {
        long sum = 6 + packet.Length - 40;
        for (int index = 8; index < 40; index += 2)
        {
            sum += (packet[index] * 256) + packet[index + 1];
        }

        return SlowChecksum.Of(packet.AsSpan(40), sum);
    }

    private static Endpoint EndOf(byte[] packet, int address, int port) => new(
        IpAddress.ReadIpv6(packet.AsSpan(address)),
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(port)));

    private static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return prefix;
    }
}

using System;
using System.Buffers.Binary;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>Packets that nobody sends by accident, and floods of right ones.</summary>
public sealed class HostilePacketTests
{
    private const string Dns = "10.9.0.1:53";

    [Fact]
    public void Fragments_with_options_that_fit_the_link_together_are_not_cut_again()
    {
        TestBox box = Serving(ForwardingMethod.Nat);
        byte[] datagram = Datagram(160);

        box.FromClient(Ip(datagram[..80], 0x2000, options: 4));
        SentFrame sent = Assert.Single(box.FromClient(Ip(datagram[80..], 10, options: 4)));

        Assert.Equal(184, sent.Packet.Length);
        box.CheckConservation();
    }

    [Fact]
    public void A_datagram_too_long_for_any_tunnel_is_refused()
    {
        TestBox box = Serving(ForwardingMethod.Tunnel);

        Send(box, Datagram(65_515), protocol: 17);

        Assert.Equal(1, box.OutsideCounters[DropReason.PacketTooBig]);
        box.CheckConservation();
    }

    [Fact]
    public void A_ping_in_fragments_is_answered_in_fragments()
    {
        TestBox box = new();
        byte[] echo = new byte[3008];
        echo[0] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(2), SlowChecksum.Of(echo));

        SentFrame[] sent = Send(box, echo, protocol: 1);

        Assert.Equal(3, sent.Length);
        Assert.All(sent, frame => Assert.True(frame.Packet.Length <= 1500));
        box.CheckConservation();
    }

    [Fact]
    public void An_echo_request_that_quotes_a_tunnels_packet_is_no_error_about_it()
    {
        TestBox box = Serving(ForwardingMethod.Tunnel);
        SentFrame wrapped = Assert.Single(box.FromClient(Ip(Datagram(20), 0)));
        byte[] echo = PacketBuilder.Icmp(
            "203.0.113.5", "10.1.0.1", 8, 0, rest: 0, wrapped.Packet).Build();

        SentFrame[] sent = box.Send(
            box.Inside, PacketBuilder.InFrame(echo, TestBox.InsideMac, TestBox.ServerMac(11)));

        Assert.Empty(sent);
        Assert.Equal(1, box.InsideCounters.NotOurs);
    }

    /// <summary>The second fragment ends within an extension header that claims more.</summary>
    [Fact]
    public void Fragments_that_become_no_packet_are_counted()
    {
        TestBox box = new();

        box.Send(box.Outside, Ipv6Fragment(0, more: true));
        box.Send(box.Outside, Ipv6Fragment(8, more: false));

        Assert.Equal(1, box.OutsideCounters[DropReason.MalformedFragment]);
        box.CheckConservation();
    }

    [Fact]
    public void An_IPv6_packet_to_a_mapped_IPv4_address_is_dropped()
    {
        TestBox box = Serving(ForwardingMethod.Nat);
        byte[] packet = new byte[48];
        Ipv6Packet.Write(
            packet,
            IpProtocol.Udp,
            hopLimit: 64,
            TestBox.Address("2001:db8::1"),
            TestBox.Address("2001:db8::2"));
        packet.AsSpan(24, 10).Clear();
        packet[34] = 0xFF;
        packet[35] = 0xFF;
        TestBox.Address("10.9.0.1").Write(packet.AsSpan(36));

        Assert.Empty(box.Send(box.Outside, InIpv6Frame(packet)));
        Assert.Equal(1, box.OutsideCounters[DropReason.MartianSource]);
    }

    [Fact]
    public void A_flood_of_persistent_clients_does_not_keep_others_out()
    {
        TestBox box = new();
        ServiceSettings persistent = new()
        {
            Scheduler = "rr",
            Persistence = new(TimeSpan.FromSeconds(360)),
        };
        ServiceKey key = new(TransportProtocol.Tcp, TestBox.Address("10.9.0.1"), 80);
        VirtualService service = new(key, Schedulers.Create("rr"), persistent);
        box.Command(new AddService(service));
        box.AddServer(service, "10.1.0.11:80", ForwardingMethod.Nat);
        VirtualService other = box.AddService(TransportProtocol.Tcp, "10.9.0.2:443");
        box.AddServer(other, "10.1.0.12:443", ForwardingMethod.Nat);
        Flood(box, "198.18", 600);
        box.Now += TimeSpan.FromSeconds(100);
        Flood(box, "198.19", 1200);

        Assert.Single(box.FromClient(PacketBuilder.Tcp("192.0.2.9:1000", "10.9.0.2:443")));
        Assert.True(service[0].PersistentConnections >= 0);
    }

    [Fact]
    public void With_schedule_icmp_an_error_of_no_transport_protocol_opens_nothing()
    {
        TestBox box = Serving(ForwardingMethod.Nat);
        box.Command(new SetLvsSettings(new LvsSettings { ScheduleIcmp = true }));
        box.Command(new ReplaceMarkRules([new MarkRule(1)]));
        byte[] quoted = PacketBuilder.Other(70, "10.9.0.1", "10.0.0.1", new byte[20]).Build();

        SentFrame[] sent = box.FromClient(
            PacketBuilder.Icmp("10.0.9.9", "10.9.0.1", 3, 4, rest: 1280, quoted).Build());

        Assert.Empty(sent);
        Assert.Equal(1, box.OutsideCounters[DropReason.IcmpUnrelated]);
    }

    private static TestBox Serving(ForwardingMethod method)
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Udp, Dns);
        box.AddServer(service, "10.1.0.11:53", method);
        return box;
    }

    private static void Flood(TestBox box, string network, int count)
    {
        for (int number = 0; number < count; number++)
        {
            string client = $"{network}.{number / 250}.{1 + (number % 250)}:1000";
            box.FromClient(PacketBuilder.Tcp(client, "10.9.0.1:80"));
        }
    }

    /// <summary>Sends a payload in fragments, and returns what the last one led to.</summary>
    private static SentFrame[] Send(TestBox box, byte[] payload, byte protocol)
    {
        SentFrame[] sent = [];
        for (int at = 0; at < payload.Length; at += 1480)
        {
            int end = Math.Min(at + 1480, payload.Length);
            int more = end < payload.Length ? 0x2000 : 0;
            sent = box.FromClient(Ip(payload[at..end], (at / 8) | more, protocol: protocol));
        }

        return sent;
    }

    private static byte[] Datagram(int length)
    {
        byte[] datagram = new byte[length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, 4000);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), 53);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)length);
        return datagram;
    }

    private static byte[] Ip(
        byte[] payload, int fragmentWord, int options = 0, byte protocol = 17)
    {
        int header = 20 + options;
        byte[] packet = new byte[header + payload.Length];
        packet[0] = (byte)(0x40 | (header / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[5] = 77;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragmentWord);
        packet[8] = 64;
        packet[9] = protocol;
        TestBox.Address("192.0.2.7").Write(packet.AsSpan(12));
        TestBox.Address("10.9.0.1").Write(packet.AsSpan(16));
        packet.AsSpan(20, options).Fill(1);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(10), SlowChecksum.Of(packet.AsSpan(0, header)));
        payload.CopyTo(packet, header);
        return packet;
    }

    private static byte[] Ipv6Fragment(int offset, bool more)
    {
        byte[] packet = new byte[56];
        Ipv6Packet.Write(
            packet,
            (IpProtocol)44,
            hopLimit: 64,
            TestBox.Address("2001:db8::1"),
            TestBox.Address("2001:db8::2"));
        packet[40] = 60;
        packet[43] = (byte)(offset | (more ? 1 : 0));
        packet[47] = 9;
        packet[48] = 17;
        packet[49] = 255;
        return InIpv6Frame(packet);
    }

    private static byte[] InIpv6Frame(byte[] packet) => PacketBuilder.InFrame(
        packet, TestBox.OutsideVirtual, TestBox.RouterMac, type: 0x86DD);
}

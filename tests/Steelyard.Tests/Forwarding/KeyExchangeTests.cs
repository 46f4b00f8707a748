using System;
using System.Buffers.Binary;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// AH (51) and ESP (50) reach the server that the key exchange of the same client has, on UDP port
/// 500, and open nothing themselves: the kernel looks such a packet up as one of that exchange.
/// </summary>
public sealed class KeyExchangeTests
{
    private const string Client = "10.0.0.1";
    private const string Virtual = "10.9.0.1";

    // A security parameters index whose halves are no ports of anybody's. RFC 4303 §2.1.
    private static readonly byte[] Sealed =
        [0xC0, 0xDE, 0xBE, 0xEF, 0, 0, 0, 1, .. Enumerable.Repeat((byte)0x5A, 40)];

    [Theory]
    [InlineData(50)]
    [InlineData(51)]
    public void By_direct_routing_they_go_to_the_exchanges_server_as_they_are(byte protocol)
    {
        TestBox box = Exchanged(ForwardingMethod.Direct);

        SentFrame sent = Assert.Single(box.FromClient(Packet(protocol, Client, Virtual)));

        Assert.Equal(TestBox.ServerMac(11), sent.Destination);
        Assert.Equal((Client, Virtual), EndsOf(sent.Packet));
        Assert.Equal(63, sent.Packet[8]);
        Assert.Equal(Sealed, sent.Packet[20..]);
        box.CheckConservation();
    }

    [Fact]
    public void By_a_tunnel_they_go_inside_another_packet()
    {
        TestBox box = Exchanged(ForwardingMethod.Tunnel);

        SentFrame sent = Assert.Single(box.FromClient(Packet(50, Client, Virtual)));

        Assert.Equal(("10.1.0.1", "10.1.0.11"), EndsOf(sent.Packet));
        Assert.Equal((Client, Virtual), EndsOf(sent.Packet[20..]));
    }

    /// <summary>The kernel's NAT changes the address and nothing else.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(51)]
    public void By_translation_only_the_address_changes_both_ways(byte protocol)
    {
        TestBox box = Exchanged(ForwardingMethod.Nat);

        byte[] asked = Assert.Single(box.FromClient(Packet(protocol, Client, Virtual))).Packet;
        byte[] answered =
            Assert.Single(box.FromServer(Packet(protocol, "10.1.0.11", Client))).Packet;

        Assert.Equal((Client, "10.1.0.11"), EndsOf(asked));
        Assert.Equal((Virtual, Client), EndsOf(answered));
        Assert.Equal(Sealed, asked[20..]);
        Assert.Equal(Sealed, answered[20..]);
        Assert.Equal(0, SlowChecksum.Of(asked.AsSpan(0, 20)));
        Assert.Equal(0, SlowChecksum.Of(answered.AsSpan(0, 20)));
        box.CheckConservation();
    }

    [Fact]
    public void They_count_and_keep_the_exchange_alive()
    {
        TestBox box = Exchanged(ForwardingMethod.Direct);
        RealServer server = ServiceOf(box)[0];
        for (int minutes = 0; minutes < 8; minutes += 4)
        {
            box.Now += TimeSpan.FromMinutes(4);
            box.FromClient(Packet(50, Client, Virtual));
        }

        box.Turn();

        Assert.Equal(1, box.Engine.Connections.Count);
        Assert.Equal(3, server.Counters.InPackets);
    }

    [Theory]
    [InlineData(ForwardingMethod.Direct)]
    [InlineData(ForwardingMethod.FullNat)]
    public void Without_an_exchange_that_they_could_follow_they_are_refused(
        ForwardingMethod method)
    {
        TestBox box = Exchanged(method);
        string client = method == ForwardingMethod.Direct ? "10.0.0.2" : Client;

        SentFrame told = Assert.Single(box.FromClient(Packet(50, client, Virtual)));

        // Destination unreachable: protocol.
        Assert.Equal([3, 2], told.Packet[20..22]);
        Assert.Equal(1, box.OutsideCounters[DropReason.UnknownProtocol]);
        Assert.Equal(1, box.Engine.Connections.Count);
    }

    [Fact]
    public void They_do_not_go_to_a_server_that_was_removed()
    {
        TestBox box = Exchanged(ForwardingMethod.Direct);
        VirtualService service = ServiceOf(box);
        box.Command(new RemoveServer(service.Key, service[0].Endpoint));

        Assert.Empty(box.FromClient(Packet(50, Client, Virtual)));
        Assert.Equal(1, box.OutsideCounters[DropReason.ServerRemoved]);
    }

    [Fact]
    public void Too_large_ones_make_the_client_hear_how_large_they_may_be()
    {
        TestBox box = Exchanged(ForwardingMethod.Nat);
        byte[] large = PacketBuilder.Other(50, Client, Virtual, new byte[1600]).Build();

        byte[] told = Assert.Single(box.FromClient(large)).Packet;

        Assert.Equal([3, 4], told[20..22]);
        Assert.Equal(1500, BinaryPrimitives.ReadUInt16BigEndian(told.AsSpan(26)));
    }

    /// <summary>The quoted packet starts with no ports: what would be them stays.</summary>
    [Fact]
    public void An_error_about_one_finds_its_way_back_and_is_no_other_packets()
    {
        TestBox box = Exchanged(ForwardingMethod.Nat);
        byte[] asked = Assert.Single(box.FromClient(Packet(50, Client, Virtual))).Packet;
        byte[] error =
            PacketBuilder.Icmp("10.1.0.77", Client, 3, 4, rest: 1400, asked).Build();

        byte[] told = Assert.Single(box.FromServer(error)).Packet;

        Assert.Equal((Virtual, Client), EndsOf(told));
        Assert.Equal((Client, Virtual), EndsOf(told[28..]));
        Assert.Equal(Sealed, told[48..]);
        Assert.Null(SlowChecksum.FaultOf(told));
    }

    private static TestBox Exchanged(ForwardingMethod method)
    {
        TestBox box = new();
        box.Command(new ReplaceSourcePool([TestBox.Address("10.1.0.254")]));
        VirtualService service = box.AddService(TransportProtocol.Udp, $"{Virtual}:500");
        box.AddServer(service, "10.1.0.11:500", method);
        _ = Assert.Single(box.FromClient(
            PacketBuilder.Udp($"{Client}:500", $"{Virtual}:500").Payload(28).Build()));
        return box;
    }

    private static VirtualService ServiceOf(TestBox box) => box.Engine.Services.Find(
        TransportProtocol.Udp, TestBox.Address(Virtual), 500)!;

    private static byte[] Packet(byte protocol, string source, string destination) =>
        PacketBuilder.Other(protocol, source, destination, Sealed).Build();

    private static (string Source, string Destination) EndsOf(byte[] packet) => (
        IpAddress.ReadIpv4(packet.AsSpan(12)).ToString(),
        IpAddress.ReadIpv4(packet.AsSpan(16)).ToString());
}

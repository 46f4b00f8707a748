using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>Real servers that are processes on the box, behind a link to its kernel.</summary>
public sealed class LocalNodeTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";
    private const string Process = "10.1.0.1:8080";
    private const int LinkIndex = 85;

    private static readonly MacAddress KernelMac = new(0x0200_0000_0084);
    private static readonly MacAddress EngineMac = MacAddress.VirtualRouterIpv4(84);

    [Fact]
    public void A_client_reaches_the_process_under_its_own_address_and_with_all_hops()
    {
        TestBox box = LocalBox(out _, out MemoryPort link, out SentFrame?[] last);

        box.FromClient(PacketBuilder.Tcp(Client, Web));

        SentFrame sent = Assert.Single(last)!;
        Assert.Equal(
            (LinkIndex, KernelMac), (link.InterfaceIndex, sent.Destination));
        Assert.True(Ipv4Packet.TryParse(sent.Packet, out Ipv4Packet packet));
        Assert.Equal(TestBox.At(Client).Address, IpAddress.FromIpv4(packet.Source));
        Assert.Equal(TestBox.At(Process).Address, IpAddress.FromIpv4(packet.Destination));
        Assert.Equal(64, packet.TimeToLive);
    }

    [Fact]
    public void A_process_under_a_virtual_address_is_reached_by_the_links_own_and_named_by_its_own()
    {
        TestBox box = LocalBox(out VirtualService service, out _, out SentFrame?[] last);
        IpAddress standIn = IpAddress.Parse("169.254.84.16");
        box.Command(new EditServer(
            service.Key,
            TestBox.At(Process),
            new ServerSettings { Method = ForwardingMethod.Local, LocalAddress = standIn }));

        box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.True(Ipv4Packet.TryParse(Assert.Single(last)!.Packet, out Ipv4Packet packet));
        Assert.Equal(standIn, IpAddress.FromIpv4(packet.Destination));
        ConnectionTable connections = box.Engine.Connections;
        int handle = connections.Find(
            TransportProtocol.Tcp, TestBox.At("169.254.84.16:8080"), TestBox.At(Client), out _);
        Assert.Equal(TestBox.At(Process), connections.ServerEndpoint(handle));
    }

    [Fact]
    public void Without_the_link_the_process_gets_nothing()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, Process, ForwardingMethod.Local);

        box.FromClient(PacketBuilder.Tcp(Client, Web));

        Assert.Equal(1, box.OutsideCounters[DropReason.NoPort]);
    }

    [Theory]
    [InlineData("10.1.0.1:8080", null)]
    [InlineData("169.254.84.16:8080", "169.254.84.16")]
    public void A_process_answers_a_lone_datagram_as_the_virtual_address(
        string process, string? standIn)
    {
        TestBox box = LocalBox(
            out VirtualService service,
            out MemoryPort link,
            out SentFrame?[] last,
            TransportProtocol.Udp);
        ServiceSettings settings = new() { Scheduler = "rr", IsOnePacket = true };
        box.Command(new EditService(service.Key, settings, schedule: null));
        box.Command(new EditServer(
            service.Key,
            TestBox.At(Process),
            new ServerSettings
            {
                Method = ForwardingMethod.Local,
                LocalAddress = standIn is null ? default : IpAddress.Parse(standIn),
            }));

        box.FromClient(PacketBuilder.Udp(Client, Web).Payload(8));
        SentFrame answered = Assert.Single(box.Send(
            link,
            PacketBuilder.Udp(process, Client).Payload(20).Frame(EngineMac, KernelMac)));

        Assert.NotNull(last[0]);
        Assert.True(Ipv4Packet.TryParse(answered.Packet, out Ipv4Packet packet));
        Assert.Equal("10.9.0.1", IpAddress.FromIpv4(packet.Source).ToString());
        Assert.Equal(64, packet.TimeToLive);
        Assert.Equal(0, SlowChecksum.OfTransport(answered.Packet));
        Assert.Equal(1, service.Counters.OutPackets);
        Assert.Equal(0, box.Engine.Connections.Count);
    }

    /// <summary>
    /// The kernel says so in the name of the address that stands for the virtual one; it leaves by
    /// the link, as all does that comes from there.
    /// </summary>
    [Fact]
    public void A_datagram_that_no_process_takes_is_refused_by_the_virtual_address()
    {
        TestBox box = LocalBox(
            out VirtualService service,
            out MemoryPort link,
            out SentFrame?[] last,
            TransportProtocol.Udp);
        box.Command(new EditServer(
            service.Key,
            TestBox.At(Process),
            new ServerSettings
            {
                Method = ForwardingMethod.Local,
                LocalAddress = IpAddress.Parse("169.254.84.16"),
            }));
        box.FromClient(PacketBuilder.Udp(Client, Web).Payload(8));
        PacketBuilder refusal = PacketBuilder.Icmp(
            "169.254.84.16", "10.0.0.1", 3, 3, rest: 0, last[0]!.Packet);

        byte[] told = Assert.Single(
            box.Send(link, refusal.Frame(EngineMac, KernelMac))).Packet;

        Assert.Equal("10.9.0.1", IpAddress.ReadIpv4(told.AsSpan(12)).ToString());
        Assert.Equal([3, 3], told[20..22]);
        Assert.Equal("10.9.0.1", IpAddress.ReadIpv4(told.AsSpan(28 + 16)).ToString());
        Assert.Equal([0, 80], told[(28 + 22)..(28 + 24)]);
        Assert.Null(SlowChecksum.FaultOf(told));
    }

    private static TestBox LocalBox(
        out VirtualService service,
        out MemoryPort link,
        out SentFrame?[] last,
        TransportProtocol protocol = TransportProtocol.Tcp)
    {
        TestBox box = new();
        MemoryPort port = new("steelyard-l1", LinkIndex, new(0x0200_0000_0085));
        SentFrame?[] seen = new SentFrame?[1];
        port.Taker = (ReadOnlySpan<byte> frame, in FrameOffload offload) =>
            seen[0] = new(port, frame.ToArray(), offload);
        box.Command(new AttachPort(port));
        box.Command(new SetLocalNode(
            new(LinkIndex, IpAddress.Parse("169.254.84.1"), KernelMac)));
        box.Command(new HoldAddress(LinkIndex, IpAddress.Parse("169.254.84.2"), EngineMac));
        service = box.AddService(protocol, Web);
        box.AddServer(service, Process, ForwardingMethod.Local);
        box.Turn();
        (link, last) = (port, seen);
        return box;
    }
}

using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Routers and servers that have the box's own address for their next hop: the frames come to the
/// interface's own station.
/// </summary>
public sealed class RoutedTests
{
    private const string Client = "10.0.0.1:40001";
    private const string Web = "10.9.0.1:80";
    private const string Server = "10.1.0.11:8080";

    [Fact]
    public void A_router_reaches_a_virtual_address_by_the_boxs_own_station_and_so_do_answers()
    {
        TestBox box = WebBox();

        SentFrame asked = Assert.Single(box.Send(
            box.Outside,
            PacketBuilder.Tcp(Client, Web).Frame(TestBox.OutsideMac, TestBox.RouterMac)));
        SentFrame answered = Assert.Single(box.Send(
            box.Inside,
            PacketBuilder.Tcp(Server, Client)
                .Frame(TestBox.InsideMac, TestBox.ServerMac(11))));

        Assert.Equal(TestBox.ServerMac(11), asked.Destination);
        Assert.Equal(TestBox.RouterMac, answered.Destination);
        Assert.True(Ipv4Packet.TryParse(answered.Packet, out Ipv4Packet packet));
        Assert.Equal(TestBox.Address("10.9.0.1").Ipv4, packet.Source);
        Assert.Equal(0, box.OutsideCounters.NotOurs + box.InsideCounters.NotOurs);
    }

    [Fact]
    public void What_a_server_sends_of_no_connection_to_the_own_station_is_the_kernels()
    {
        TestBox box = WebBox();

        SentFrame[] sent = box.Send(
            box.Inside,
            PacketBuilder.Tcp(Server, "10.0.0.1:40009")
                .Frame(TestBox.InsideMac, TestBox.ServerMac(11)));

        Assert.Empty(sent);
        Assert.Equal(1, box.InsideCounters.NotOurs);
    }

    [Fact]
    public void A_frame_for_another_station_is_not_taken_whatever_it_is_for()
    {
        TestBox box = WebBox();

        SentFrame[] sent = box.Send(
            box.Outside,
            PacketBuilder.Tcp(Client, Web).Frame(TestBox.InsideMac, TestBox.RouterMac));

        Assert.Empty(sent);
        Assert.Equal(1, box.OutsideCounters.NotOurs);
    }

    private static TestBox WebBox()
    {
        TestBox box = new();
        VirtualService service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, Server, ForwardingMethod.Nat);
        return box;
    }
}

using System;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Wire;
using static Steelyard.Tests.Sync.Talk;

namespace Steelyard.Tests.Sync;

/// <summary>Connections of the twin's that no service of ours is for.</summary>
public sealed class StrangerTests
{
    private readonly TestBox _first = new();
    private readonly TestBox _second = new();

    [Fact]
    public void A_host_behind_the_box_goes_on_talking_to_the_world()
    {
        Assert.True(IpPrefix.TryParse("10.1.0.0/24", out IpPrefix inside));
        _first.Command(new ReplaceMasquerades([new(inside, TestBox.Address("10.9.0.4"))]));
        _second.Command(new ReplaceMasquerades([new(inside, TestBox.Address("10.9.0.4"))]));

        // Data connections of FTP would be looked for there.
        _second.AddService(TransportProtocol.Tcp, "10.9.0.4:21");
        string own = SourceOf(One(_first.FromServer(
            PacketBuilder.Tcp("10.1.0.15:5000", "198.51.100.7:443"))));
        One(_first.FromClient(PacketBuilder.Tcp("198.51.100.7:443", own)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment)));
        Channel.Tell(_first, _second);

        byte[] asked = One(_second.FromServer(PacketBuilder
            .Tcp("10.1.0.15:5000", "198.51.100.7:443").Flags(TcpFlags.Acknowledgment)));
        byte[] answered = One(_second.FromClient(PacketBuilder
            .Tcp("198.51.100.7:443", own).Flags(TcpFlags.Acknowledgment)));

        Assert.Equal(own, SourceOf(asked));
        Assert.Equal("10.1.0.15:5000", DestinationOf(answered));
        Assert.Equal(1, _second.Engine.Connections.Count);
    }

    [Fact]
    public void A_connection_of_an_unknown_service_goes_on_and_finds_its_server_later()
    {
        AddWeb(_first);
        Establish(_first, Web, "10.1.0.11:8080");
        Channel.Tell(_first, _second);
        byte[] asked = One(_second.FromClient(
            PacketBuilder.Tcp(Client, Web).Flags(TcpFlags.Acknowledgment)));
        RealServer server = AddWeb(_second);
        Assert.Equal(0, server.ActiveConnections);

        // The next news, of a client that closes.
        One(_first.FromClient(PacketBuilder.Tcp(Client, Web)
            .Flags(TcpFlags.Fin | TcpFlags.Acknowledgment)));
        Channel.Tell(_first, _second);

        Assert.Equal("10.1.0.11:8080", DestinationOf(asked));
        Assert.Equal((0, 1), (server.ActiveConnections, server.InactiveConnections));
        Assert.Equal(1, _second.Engine.Connections.Count);
    }

    [Fact]
    public void A_template_of_an_unknown_service_leads_nobody_to_a_server_that_nobody_named()
    {
        ServiceKey key = new(TransportProtocol.Tcp, TestBox.Address("10.9.0.1"), 80);
        VirtualService theirs = new(key, Schedulers.Create("rr"), Persistent());
        _first.Command(new AddService(theirs));
        _first.AddServer(theirs, "10.1.0.11:80", ForwardingMethod.Nat);
        Establish(_first, Web, "10.1.0.11:80");
        Channel.Tell(_first, _second);

        VirtualService ours = new(key, Schedulers.Create("rr"), Persistent());
        _second.Command(new AddService(ours));
        _second.AddServer(ours, "10.1.0.12:80", ForwardingMethod.Nat);
        byte[] opened = One(_second.FromClient(PacketBuilder.Tcp("10.0.0.1:40009", Web)));

        Assert.Equal("10.1.0.12:80", DestinationOf(opened));
    }

    /// <summary>It may be down: the service of ours says where its clients go.</summary>
    [Fact]
    public void A_server_that_a_service_of_ours_does_not_have_gets_nothing()
    {
        AddWeb(_first);
        Establish(_first, Web, "10.1.0.11:8080");
        _second.AddServer(
            _second.AddService(TransportProtocol.Tcp, Web),
            "10.1.0.12:8080",
            ForwardingMethod.Nat);

        Channel.Tell(_first, _second);

        Assert.Equal(0, _second.Engine.Connections.Count);
        Assert.True(_second.Engine.Counters.ConnectionsSkipped > 0);
    }

    private static ServiceSettings Persistent() =>
        new() { Scheduler = "rr", Persistence = new(TimeSpan.FromSeconds(300)) };

    private static RealServer AddWeb(TestBox box) => box.AddServer(
        box.AddService(TransportProtocol.Tcp, Web), "10.1.0.11:8080", ForwardingMethod.Nat);
}

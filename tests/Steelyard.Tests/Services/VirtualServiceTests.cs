using Steelyard.Core.Connections;
using Steelyard.Core.Invariants;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Services;

public sealed class VirtualServiceTests
{
    private readonly ServiceTable _table = new();
    private readonly VirtualService _service = new(
        new(TransportProtocol.Tcp, IpAddress.FromIpv4(0x0A09_0001), 80), Schedulers.Create("rr"));

    public VirtualServiceTests()
    {
        _table.Add(_service);
    }

    [Fact]
    public void Servers_stand_newest_first_and_an_edit_moves_none()
    {
        RealServer first = _service.Add(Server(1));
        RealServer second = _service.Add(Server(2));

        _service.Edit(
            first, new ServerSettings { Method = ForwardingMethod.Direct, Weight = 9 });

        Assert.Equal([second, first], _service.Servers.ToArray());
        Assert.Equal((ForwardingMethod.Direct, 9), (first.Method, first.Weight));
    }

    [Fact]
    public void A_service_has_each_server_only_once()
    {
        _service.Add(Server(1));

        Assert.Throws<InvariantException>(() => _service.Add(Server(1)));
    }

    [Fact]
    public void A_server_with_connections_comes_back_with_them()
    {
        RealServer server = _service.Add(Server(1));
        ConnectionTable connections = new(8);
        FlowKey flow = new(TransportProtocol.Tcp, new(IpAddress.FromIpv4(1), 1), default);
        int handle = connections.Create(_service, server, flow, Instant.Zero);
        _service.Remove(server);
        Assert.True(connections.Server(handle).IsRemoved);

        RealServer back = _service.Add(Server(1, weight: 5));

        Assert.Same(server, back);
        Assert.False(back.IsRemoved);
        Assert.Equal(5, back.Weight);
        Assert.Equal(1, back.Counters.Connections);
    }

    [Fact]
    public void A_server_whose_connections_have_ended_does_not_come_back()
    {
        RealServer server = _service.Add(Server(1));
        ConnectionTable connections = new(8);
        FlowKey flow = new(TransportProtocol.Tcp, new(IpAddress.FromIpv4(1), 1), default);
        int handle = connections.Create(_service, server, flow, Instant.Zero);
        _service.Remove(server);
        connections.Remove(handle);

        Assert.NotSame(server, _service.Add(Server(1)));
    }

    [Fact]
    public void Another_service_does_not_get_the_old_server()
    {
        VirtualService other = new(_service.Key with { Port = 443 }, Schedulers.Create("rr"));
        _table.Add(other);
        RealServer server = _service.Add(Server(1));
        server.ActiveConnections = 1;
        _service.Remove(server);

        Assert.NotSame(server, other.Add(Server(1)));
    }

    [Fact]
    public void Removing_a_stranger_changes_nothing()
    {
        _service.Add(Server(1));

        Assert.False(_service.Remove(Server(1)));
        Assert.Equal(1, _service.ServerCount);
    }

    private static RealServer Server(int number, int weight = 1) => new(
        new(IpAddress.FromIpv4(0x0A01_0000 + (uint)number), 80), ForwardingMethod.Nat, weight);
}

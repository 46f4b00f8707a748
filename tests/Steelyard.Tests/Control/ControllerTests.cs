using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Control.Services;

namespace Steelyard.Tests.Control;

/// <summary>What the whole box follows of its configuration and of commands.</summary>
public sealed class ControllerTests
{
    private readonly ControlWorld _world = new(1);

    private ControlBox Box => _world.A;

    private string Wanted => string.Join(' ', Box.Controller.WantedInterfaces);

    [Fact]
    public void The_interface_of_a_sorry_server_is_served()
    {
        _world.Configure(Box, new ApplianceConfig
        {
            VirtualRouters = [Configs.Outside()],
            VirtualServers =
            [
                new()
                {
                    Key = Configs.Web,
                    RealServers = [Configs.Server()],
                    SorryServer = Configs.Server("10.1.3.99"),
                },
            ],
        });

        Assert.Equal("eth0 eth1 eth2", Wanted);
    }

    [Fact]
    public void The_status_tells_what_the_engine_met()
    {
        Box.Engine.Counters.CallIdsNotKept = 3;
        Box.Engine.Counters.ConnectionsRefused = 4;
        Box.Engine.Counters.DatagramsEvicted = 5;

        IncidentCounts told = Box.Controller.Status(Box.Effects.Now).Incidents;

        Assert.Equal(
            new IncidentCounts
            {
                CallIdsNotKept = 3,
                ConnectionsRefused = 4,
                DatagramsEvicted = 5,
            },
            told);
    }

    [Fact]
    public void The_status_tells_what_a_person_should_know()
    {
        Box.Controller.Warnings.Set("panel", "the chip is missing");

        Assert.Equal<string>(
            ["the chip is missing"], Box.Controller.Status(Box.Effects.Now).Warnings);
    }

    [Fact]
    public void The_interface_of_a_server_that_a_command_added_is_served_until_it_goes()
    {
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        Assert.Equal("eth1", Wanted);
        RealServerConfig added = Configs.Server("10.1.3.11");

        Assert.Equal(
            ServiceAnswer.Done, Box.Controller.Commands.AddServer(Configs.Web, added));
        Assert.Equal("eth1 eth2", Wanted);
        Box.Cable(0, isOut: true);
        Assert.Equal("eth1 eth2", Wanted);
        _ = Box.Controller.Commands.DeleteServer(Configs.Web, added.Endpoint);

        Assert.Equal("eth1", Wanted);
    }

    [Fact]
    public void A_reload_serves_the_interfaces_of_the_new_servers()
    {
        _world.Configure(Box, Configs.Serving(Configs.Server()));

        _world.Configure(Box, Configs.Serving(Configs.Server("10.1.3.11")));

        Assert.Equal("eth2", Wanted);
    }

    [Fact]
    public void The_rates_of_a_service_that_a_command_made_are_sampled()
    {
        _ = Box.Controller.Commands.AddService(Configs.Web, Configs.RoundRobin);

        Assert.True(Box.Controller.Deadline <= _world.Now);
    }
}

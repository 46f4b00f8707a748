using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;

namespace Steelyard.Tests.Control;

/// <summary>What is asked for and believed of services becomes what is in force.</summary>
public sealed class ServiceControlTests
{
    private readonly ControlWorld _world = new(1);

    private ControlBox Box => _world.A;

    /// <summary>Servers of the first service that the engine has, with their weights.</summary>
    private string InEngine => string.Join(' ', Box.Engine.Services[0].Servers.ToArray()
        .OrderBy(server => server.Endpoint.ToString(), StringComparer.Ordinal)
        .Select(server => $"{server.Endpoint}={server.Settings.Weight}"));

    private static ApplianceConfig WithSorry(string sorry, params RealServerConfig[] servers)
    {
        ApplianceConfig config = Configs.Serving(servers);
        return config with
        {
            VirtualServers =
                [config.VirtualServers[0] with { SorryServer = Configs.Server(sorry) }],
        };
    }

    private void FailOnce()
    {
        _world.RunFor(2000);
        Box.Answer(isGood: false);
    }

    [Fact]
    public void A_checked_server_that_a_reload_removes_keeps_no_deadline()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked(), Configs.Checked("10.1.2.12")));
        _world.RunFor(500);
        Box.Answer(isGood: true);

        _world.Configure(Box, Configs.Serving(Configs.Checked("10.1.2.12")));
        Box.Answer(isGood: true);
        _world.RunFor(10_000);

        Assert.True(Box.Controller.Deadline > _world.Now);
        _ = Assert.Single(Box.Servers());
    }

    [Fact]
    public void A_checked_server_that_a_command_deletes_keeps_no_deadline()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: true);

        ServiceAnswer answer = Box.Controller.Commands.DeleteServer(
            Configs.Web, Configs.Checked().Endpoint);
        _world.RunFor(10_000);

        Assert.Equal(ServiceAnswer.Done, answer);
        Assert.Empty(Box.Effects.Probes);
        Assert.Empty(Box.Servers());
        Assert.Empty(Box.Controller.Services[0].Servers);
    }

    [Fact]
    public void An_outcome_that_comes_after_its_server_has_gone_says_nothing()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500);
        _world.Configure(Box, Configs.Serving());
        int said = Box.Effects.Events.Count;

        Box.Answer(isGood: false);

        Assert.Equal(said, Box.Effects.Events.Count);
    }

    [Fact]
    public void A_server_that_comes_back_is_checked_again()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500); // its probe is under way
        _world.Configure(Box, Configs.Serving());
        Box.Answer(isGood: true);

        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: true);

        Assert.Equal("up", Box.Servers().Single().Health);
    }

    [Fact]
    public void A_dead_server_stays_dead_when_its_checks_change_until_they_pass()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: false);
        Assert.Equal("down", Box.Servers().Single().Health);
        Box.Effects.Commands.Clear();

        _world.Configure(Box, Configs.Serving(Configs.Checked(delayLoopSeconds: 2)));

        Assert.Equal("down", Box.Servers().Single().Health);
        Assert.Equal("it is dead", Box.Servers().Single().Detail);
        Assert.Empty(Box.Effects.Commands.OfType<AddServer>());
        _world.RunFor(500);
        Box.Answer(isGood: true);
        Assert.Equal("up", Box.Servers().Single().Health);
        Assert.Equal(1, Box.Servers().Single().EffectiveWeight);
    }

    [Fact]
    public void A_dead_server_that_nobody_checks_any_more_serves_again()
    {
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: false);

        _world.Configure(Box, Configs.Serving(Configs.Server()));

        Assert.Equal(("unknown", 1), (
            Box.Servers().Single().Health, Box.Servers().Single().EffectiveWeight));
    }

    /// <summary>
    /// Its connections go on, and new ones go to the sorry server, as with keepalived.
    /// </summary>
    [Fact]
    public void A_failed_server_that_is_inhibited_stays_beside_the_sorry_server()
    {
        _world.Configure(Box, WithSorry(
            "10.1.2.99", Configs.Checked() with { InhibitOnFailure = true }));
        _world.RunFor(500);
        Box.Answer(isGood: true);
        RealServer server = Box.Engine.Services[0][0];

        FailOnce();

        Assert.Equal("10.1.2.11:80=0 10.1.2.99:80=1", InEngine);
        Assert.Same(server, Box.Engine.Services[0].FindServer(server.Endpoint));
        _world.RunFor(2000);
        Box.Answer(isGood: true);
        Assert.Equal("10.1.2.11:80=1", InEngine);
    }

    [Fact]
    public void A_failed_server_that_is_not_inhibited_leaves_to_the_sorry_server()
    {
        _world.Configure(Box, WithSorry("10.1.2.99", Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: true);

        FailOnce();

        Assert.Equal("10.1.2.99:80=1", InEngine);
    }

    /// <summary>Alive, but too few of them: they wait without new connections.</summary>
    [Fact]
    public void A_living_server_that_is_inhibited_waits_with_weight_0_below_the_quorum()
    {
        RealServerConfig living = Configs.Server("10.1.2.12") with { InhibitOnFailure = true };
        ApplianceConfig config = WithSorry("10.1.2.99", Configs.Checked(), living);
        VirtualServerConfig service = config.VirtualServers[0] with { Quorum = 2 };
        _world.Configure(Box, config with { VirtualServers = [service] });
        _world.RunFor(500);
        Box.Answer(isGood: true);
        Assert.Equal("10.1.2.11:80=1 10.1.2.12:80=1", InEngine);

        FailOnce();

        Assert.Equal("10.1.2.12:80=0 10.1.2.99:80=1", InEngine);
    }

    [Fact]
    public void A_sorry_server_that_is_a_real_server_serves_alone_even_when_its_checks_fail()
    {
        _world.Configure(Box, WithSorry("10.1.2.11", Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: true);
        RealServer server = Box.Engine.Services[0][0];

        FailOnce();

        Assert.Equal("10.1.2.11:80=1", InEngine);
        _world.RunFor(2000);
        Box.Answer(isGood: true);
        Assert.Equal("10.1.2.11:80=1", InEngine);
        Assert.Same(server, Box.Engine.Services[0][0]);
    }

    [Fact]
    public void A_sorry_server_becomes_a_real_server_and_a_stranger_again_by_reloads()
    {
        _world.Configure(Box, WithSorry("10.1.2.12", Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: false);
        Assert.Equal("10.1.2.12:80=1", InEngine);

        _world.Configure(
            Box, WithSorry("10.1.2.12", Configs.Checked(), Configs.Server("10.1.2.12")));
        Assert.Equal("10.1.2.12:80=1", InEngine);
        _world.Configure(Box, WithSorry("10.1.2.13", Configs.Checked()));
        Assert.Equal("10.1.2.13:80=1", InEngine);
        _world.Configure(Box, Configs.Serving(Configs.Checked()));
        Assert.Equal(string.Empty, InEngine);
    }

    [Fact]
    public void A_command_that_deletes_the_server_that_stands_in_ends_that_part_too()
    {
        _world.Configure(Box, WithSorry("10.1.2.11", Configs.Checked()));
        _world.RunFor(500);
        Box.Answer(isGood: false);

        _ = Box.Controller.Commands.DeleteServer(Configs.Web, Configs.Checked().Endpoint);

        Assert.Equal(string.Empty, InEngine);
        Assert.Null(Box.Controller.Services[0].Sorry);
    }

    [Fact]
    public void A_service_made_anew_shows_the_server_that_the_engine_revives()
    {
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        RealServer inUse = Box.Engine.Services[0][0];
        inUse.ActiveConnections = 3;
        inUse.Counters.Connections = 7;

        _ = Box.Controller.Commands.DeleteService(Configs.Web);
        _ = Box.Controller.Commands.AddService(Configs.Web, Configs.RoundRobin);
        _ = Box.Controller.Commands.AddServer(Configs.Web, Configs.Server());

        Assert.Same(inUse, Box.Engine.Services[0][0]);
        Assert.Equal((3, 7L), (Box.Servers().Single().Active, Box.Servers().Single().Connections));
        Assert.Same(
            inUse, Box.Controller.ListServices().Single().Servers.Single().Server);
    }

    [Fact]
    public void A_server_that_a_reload_removes_and_another_adds_shows_its_connections()
    {
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        RealServer inUse = Box.Engine.Services[0][0];
        inUse.ActiveConnections = 3;
        inUse.Counters.InBytes = 1000;

        _world.Configure(Box, ApplianceConfig.Empty);
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        _world.Configure(Box, Configs.Serving());
        _world.Configure(Box, Configs.Serving(Configs.Server()));

        Assert.Same(inUse, Box.Engine.Services[0][0]);
        Assert.Equal((3, 1000L), (Box.Servers().Single().Active, Box.Servers().Single().InBytes));
    }

    [Fact]
    public void What_a_revived_server_had_counted_is_no_rate()
    {
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        RealServer inUse = Box.Engine.Services[0][0];
        inUse.ActiveConnections = 3;
        inUse.Counters.Connections = 1_000_000;

        _world.Configure(Box, ApplianceConfig.Empty);
        _world.Configure(Box, Configs.Serving(Configs.Server()));
        _world.RunFor(10_000);

        Assert.Equal(
            0, Box.Controller.ListServices().Single().Servers.Single().Rates.Connections);
    }
}

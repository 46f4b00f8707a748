using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Health;

public sealed class ServerHealthTests
{
    private static readonly CheckConfig Check = new()
    {
        Kind = CheckKind.Tcp,
        Target = new Endpoint(IpAddress.Parse("10.0.0.1"), 80),
        DelayLoop = TimeSpan.FromSeconds(1),
        Fall = 1,
    };

    private Instant _now = Instant.Zero;

    [Fact]
    public void A_server_is_up_only_when_all_its_checks_are()
    {
        ServerHealth server = New(checks: 2);

        HealthTransition? afterOne = Judge(server, 0, ProbeOutcome.Good);
        HealthTransition? afterBoth = Judge(server, 1, ProbeOutcome.Good);

        Assert.Null(afterOne);
        Assert.Equal(
            new HealthTransition(HealthState.Unknown, HealthState.Up, string.Empty), afterBoth);
    }

    [Fact]
    public void One_failing_check_takes_the_server_down_and_names_its_reason()
    {
        ServerHealth server = New(checks: 2);
        _ = Judge(server, 0, ProbeOutcome.Good);

        HealthTransition? transition = Judge(server, 1, ProbeOutcome.Bad("status 503"));

        Assert.Equal(
            new HealthTransition(HealthState.Unknown, HealthState.Down, "status 503"), transition);
        Assert.False(server.TakesConnections);
        Assert.Equal("status 503", server.Detail);
    }

    [Fact]
    public void A_server_without_checks_takes_connections_and_stays_unknown()
    {
        ServerHealth server = New(checks: 0);

        Assert.Equal(HealthState.Unknown, server.State);
        Assert.True(server.TakesConnections);
        Assert.Equal(Instant.Never, server.Deadline);
        Assert.Equal(-1, server.OnDeadline(Instant.Never));
    }

    [Fact]
    public void A_drained_server_takes_no_connections_and_is_alive()
    {
        ServerHealth server = New(checks: 1);
        _ = Judge(server, 0, ProbeOutcome.Good);

        HealthTransition? transition = server.OnDrain(true);

        Assert.Equal(
            new HealthTransition(HealthState.Up, HealthState.Drain, string.Empty), transition);
        Assert.False(server.TakesConnections);
        Assert.True(server.IsAlive);
    }

    [Fact]
    public void A_dead_server_stays_dead_while_it_drains_and_comes_back_up_after_it()
    {
        ServerHealth server = New(checks: 1);
        _ = server.OnDrain(true);

        HealthTransition? falls = Judge(server, 0, ProbeOutcome.Bad("connection refused"));
        HealthTransition? rises = Judge(server, 0, ProbeOutcome.Good);
        HealthTransition? undrains = server.OnDrain(false);

        Assert.Equal(HealthState.Down, falls?.To);
        Assert.Equal(HealthState.Drain, rises?.To);
        Assert.Equal(HealthState.Up, undrains?.To);
    }

    [Fact]
    public void Every_due_check_is_named_once()
    {
        ServerHealth server = New(checks: 3);
        Instant late = Instant.Zero + TimeSpan.FromSeconds(1);

        int[] due = [server.OnDeadline(late), server.OnDeadline(late), server.OnDeadline(late)];

        Assert.Equal([0, 1, 2], due);
        Assert.Equal(-1, server.OnDeadline(late));
    }

    private static ServerHealth New(int checks)
    {
        CheckConfig[] configs = new CheckConfig[checks];
        Array.Fill(configs, Check);
        return new ServerHealth([.. configs], new SeededChance(3), Instant.Zero);
    }

    /// <summary>A day later every check is due that has no probe under way.</summary>
    private HealthTransition? Judge(ServerHealth server, int check, ProbeOutcome outcome)
    {
        _now += TimeSpan.FromDays(1);
        int due;
        do
        {
            due = server.OnDeadline(_now);
        }
        while (due >= 0 && due != check);

        return server.OnOutcome(check, outcome, _now);
    }
}

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Appliance;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Appliance;

public sealed class HealthGateTests
{
    private static readonly BeforeNote Before = new(true, ["tcp 192.168.100.1:80"]);

    private readonly FakeBox _box = new();
    private readonly List<string> _said = [];
    private string? _dashboard;
    private int _looks = 1;

    [Fact]
    public async Task A_box_that_is_as_it_was_passes_at_once()
    {
        Assert.True(await PassAsync(Before));

        Assert.Equal(["the box is well"], _said);
    }

    [Fact]
    public async Task A_router_that_takes_no_part_is_waited_for_and_said_once()
    {
        _box.Now = FakeBox.Status with
        {
            VirtualRouters = [FakeBox.Status.VirtualRouters[0] with { State = "INIT" }],
        };

        Assert.True(await PassAsync(Before, pauses: 3, then: () => _box.Now = FakeBox.Status));

        Assert.Equal(
            ["not well yet: virtual router outside is INIT", "the box is well"], _said);
    }

    [Fact]
    public async Task A_box_must_be_well_for_several_looks_in_a_row()
    {
        _looks = 3;

        Assert.False(await PassAsync(Before, pauses: 2));
        Assert.True(await PassAsync(Before, pauses: 3));

        _said.Clear();
        _dashboard = "the dashboard is silent";
        Assert.False(await PassAsync(Before, pauses: 4, then: () => _dashboard = null, most: 6));
        _dashboard = "the dashboard is silent";
        Assert.True(await PassAsync(Before, pauses: 4, then: () => _dashboard = null, most: 7));

        Assert.Equal(
            [
                "not well yet: the dashboard is silent",
                "the box did not become well in time: it was not well for long enough",
                "not well yet: the dashboard is silent",
                "the box is well",
            ],
            _said);
    }

    [Fact]
    public async Task A_service_that_was_up_and_is_not_is_named_when_the_time_is_over()
    {
        _box.Now = FakeBox.Status with
        {
            Services = [FakeBox.Status.Services[0] with { Up = false }],
        };

        Assert.False(await PassAsync(Before));

        Assert.Equal(
            "the box did not become well in time: 0 of the 1 services of before are up "
            + "(not tcp 192.168.100.1:80)",
            _said[^1]);
    }

    [Fact]
    public async Task A_service_that_was_not_up_before_need_not_be_now()
    {
        _box.Now = FakeBox.Status with
        {
            Services = [FakeBox.Status.Services[0] with { Up = false }],
        };

        Assert.True(await PassAsync(Before with { ServicesUp = [] }));
        Assert.True(await PassAsync(null));
    }

    [Fact]
    public async Task A_twin_that_was_heard_must_be_heard_again()
    {
        _box.Now = FakeBox.Status with { Twin = new(false, "box-b") { Missed = true } };

        Assert.False(await PassAsync(Before));
        Assert.True(await PassAsync(Before with { TwinAlive = false }));
    }

    [Fact]
    public async Task A_dashboard_that_is_silent_holds_the_gate()
    {
        _dashboard = "the dashboard does not answer at 127.0.0.1:8080";

        Assert.False(await PassAsync(Before));

        Assert.Equal($"not well yet: {_dashboard}", _said[0]);
    }

    [Fact]
    public async Task What_is_no_longer_configured_need_not_be_there()
    {
        _box.Now = FakeBox.Status with { Twin = new(false, "box-b") };

        Assert.True(await PassAsync(Before with { ServicesUp = ["tcp 1.2.3.4:80", "gone"] }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_box_that_did_not_answer_before_need_not_now(bool answered)
    {
        _box.IsGone = true;

        Assert.NotEqual(answered, await PassAsync(new(false, [], answered)));
    }

    /// <summary>Whatever was unknown of the box, its page must be served again.</summary>
    [Fact]
    public async Task A_dashboard_that_answered_before_must_answer_though_the_box_did_not()
    {
        _box.IsGone = true;
        _dashboard = "the dashboard is silent";

        Assert.False(await PassAsync(new(false, [], Answered: false)));
        Assert.True(
            await PassAsync(new(false, [], Answered: false, DashboardAnswered: false)));
    }

    [Theory]
    [InlineData("outside", true)]
    [InlineData("inside", false)]
    public async Task A_router_that_was_at_fault_before_may_be_so_now(string before, bool passes)
    {
        _box.Now = FakeBox.Status with
        {
            VirtualRouters = [FakeBox.Status.VirtualRouters[0] with { State = "FAULT" }],
        };

        Assert.Equal(passes, await PassAsync(Before with { RoutersAtFault = [before] }));
    }

    [Fact]
    public async Task When_nothing_was_noted_all_must_take_part_and_answer()
    {
        _box.IsGone = true;
        Assert.False(await PassAsync(null));

        _box.IsGone = false;
        Assert.True(await PassAsync(null));

        _dashboard = "the dashboard is silent";
        Assert.False(await PassAsync(null));
    }

    [Fact]
    public async Task Whoever_stops_it_hears_no_judgement()
    {
        _box.IsGone = true;
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PassAsync(null, then: stop.Cancel, stop: stop));

        Assert.Equal(["not well yet: no box answers"], _said);
    }

    /// <param name="pauses">The pause at which the time is over, or this happens.</param>
    /// <param name="most">The pause at which the time is over all the same.</param>
    private async Task<bool> PassAsync(
        BeforeNote? before,
        int pauses = 3,
        Action? then = null,
        int most = 100,
        CancellationTokenSource? stop = null)
    {
        using CancellationTokenSource time =
            CancellationTokenSource.CreateLinkedTokenSource(stop?.Token ?? default);
        HealthGate gate = new(
            _box, before, _ => Task.FromResult(_dashboard), _looks, _said.Add);
        int paused = 0;
        string? why = await gate.PassAsync(
            token =>
            {
                paused++;
                if (paused == pauses && then is not null)
                {
                    then();
                }
                else if (paused == pauses || paused == most)
                {
                    time.Cancel();
                }

                token.ThrowIfCancellationRequested();
                return Task.CompletedTask;
            },
            time.Token,
            stop?.Token ?? default);
        Assert.Equal(_said[^1], why ?? "the box is well");
        return why is null;
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Appliance;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Appliance;

public sealed class HealthGateTests
{
    private static readonly BeforeNote Before = new("0.1.0", true, ["tcp 192.168.100.1:80"]);

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
        _box.Now = FakeBox.Status with { Twin = new(false, "box-b") };

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
    public void What_is_noted_is_read_again_and_a_torn_note_is_none()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("sy");

        BeforeNote.Of(FakeBox.Status).Write(folder.FullName);
        BeforeNote? read = BeforeNote.Read(folder.FullName);
        File.WriteAllText(Path.Combine(folder.FullName, "before.json"), "{\"version\":");

        Assert.Equal(Before.Version, read?.Version);
        Assert.True(read?.TwinAlive);
        Assert.Equal<string>(Before.ServicesUp, read!.ServicesUp);
        Assert.Null(BeforeNote.Read(folder.FullName));
        folder.Delete(recursive: true);
        Assert.Null(BeforeNote.Read(folder.FullName));
    }

    /// <param name="pauses">The pause at which the time is over, or this happens.</param>
    /// <param name="most">The pause at which the time is over all the same.</param>
    private async Task<bool> PassAsync(
        BeforeNote? before, int pauses = 3, Action? then = null, int most = 100)
    {
        using CancellationTokenSource time = new();
        HealthGate gate = new(
            _box, before, _ => Task.FromResult(_dashboard), _looks, _said.Add);
        int paused = 0;
        return await gate.PassAsync(
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
            time.Token);
    }
}

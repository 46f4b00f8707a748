using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Time;
using Steelyard.Host.Loops;
using Steelyard.Linux.Ports;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Host.Loops;

/// <summary>The watchdog's feed over the box's real loops, one of which hangs.</summary>
public sealed class WatchdogFeedTests : IDisposable
{
    private readonly ManualResetEventSlim _isHung = new();
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly DataLoop _data;
    private readonly ControlLoop _control;
    private readonly WatchdogFeed _feed;
    private int _fed;

    public WatchdogFeedTests()
    {
        Engine engine = RecordingEffects.MakeEngine();
        Controller controller = RecordingEffects.MakeController(engine);
        _data = new DataLoop(engine, () => { }, _ => { });
        WorldEffects effects = new(_data, NullLogger.Instance)
        {
            OnCollected = _ => { },
            OnProbeWanted = (_, _) => { },
            OnPanel = _ => { },
            OnReset = () => null,
            OnEvent = _ => { },
        };
        _control = new ControlLoop(
            controller, engine, _data, new PortPoller(), effects, NullLogger.Instance, _ => { });
        _feed = new WatchdogFeed(Turns, Nudge, () => _fed++);
        _data.Start();
        _control.Start();
    }

    [Fact]
    public async Task Loops_that_turn_are_fed()
    {
        for (int look = 1; look <= 3; look++)
        {
            await TurnAsync();
            _feed.Look();

            Assert.Equal(look, _fed);
        }
    }

    [Fact]
    public async Task An_engine_that_hangs_is_fed_no_more_until_it_turns_again()
    {
        await TurnAsync();
        Assert.True(_data.TryCommand(new Hanging(Hang)));
        Assert.True(_isHung.Wait(TimeSpan.FromSeconds(30)));

        await AssertStarvesAsync();
    }

    [Fact]
    public async Task A_control_loop_that_hangs_is_fed_no_more_until_it_turns_again()
    {
        await TurnAsync();
        Assert.True(_control.Inbox.TryPost((_, _) => Hang()));
        Assert.True(_isHung.Wait(TimeSpan.FromSeconds(30)));

        await AssertStarvesAsync();
    }

    /// <summary>An idle loop turns for the nudge alone, sometimes at once, at times late.</summary>
    [Fact]
    public void A_turn_counts_for_the_look_after_its_nudge_however_fast_it_came()
    {
        long turns = 0;
        bool isLate = false;
        int fed = 0;
        WatchdogFeed feed = new(
            () => (turns, turns),
            () => turns += isLate ? 0 : 1,
            () => fed++);

        feed.Look();
        isLate = true;
        feed.Look();
        turns++;
        feed.Look();

        Assert.Equal(3, fed);
    }

    public void Dispose()
    {
        _goesOn.Set();
        _control.Dispose();
        _data.Dispose();
        _isHung.Dispose();
        _goesOn.Dispose();
    }

    private async Task AssertStarvesAsync()
    {
        _feed.Look();
        int before = _fed;
        _feed.Look();
        _feed.Look();
        Assert.Equal(before, _fed);

        _goesOn.Set();
        await TurnAsync();
        _feed.Look();
        Assert.Equal(before + 1, _fed);
    }

    private void Hang()
    {
        _isHung.Set();
        _goesOn.Wait();
    }

    private (long Data, long Control) Turns() => (_data.Turns, _control.Turns);

    /// <summary>As the box does it.</summary>
    private void Nudge()
    {
        _data.Nudge();
        _ = _control.Inbox.TryPost((_, _) => { });
    }

    /// <summary>Waits until both loops have turned once more.</summary>
    private async Task TurnAsync()
    {
        (long data, long control) = Turns();
        Nudge();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (_data.Turns == data || _control.Turns == control)
        {
            await Task.Delay(1, patience.Token);
        }
    }

    private sealed class Hanging(Action hang) : IEngineCommand
    {
        public void Apply(Engine engine, Instant now) => hang();
    }
}

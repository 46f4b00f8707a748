using System.Linq;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;

namespace Steelyard.Tests.Control;

/// <summary>A long hold of the button of a box that serves: 5 s, 10 s and 15 s.</summary>
public sealed class PanelControlTests
{
    private static readonly PanelState Flashing =
        new(LedPattern.FastBlink, LedPattern.FastBlink, LedPattern.FastBlink);

    private static readonly PanelState Lit = new(LedPattern.On, LedPattern.On, LedPattern.On);

    private readonly ControlWorld _world = ControlWorld.Pair();

    [Fact]
    public void A_long_hold_hands_over_then_warns_then_resets()
    {
        Hold(9999);
        Assert.Equal("MASTER MASTER", _world.B.Roles);
        Assert.True(_world.A.Controller.IsInMaintenance);
        Assert.NotEqual(Flashing, _world.A.Effects.Panel);

        _world.RunFor(1);
        Assert.Equal(Flashing, _world.A.Effects.Panel);

        _world.RunFor(4999);
        Assert.Equal(0, _world.A.Effects.Resets);

        _world.RunFor(60_000);
        Assert.Equal(1, _world.A.Effects.Resets);
        Assert.Equal(Lit, _world.A.Effects.Panel);
        Assert.Equal(
            new BoxEvent(
                EventSeverity.Warning, "reset", "button", "factory reset: asked by the button"),
            Assert.Single(_world.A.Effects.Events, happening => happening.Kind == "reset"));
        Assert.Equal("MASTER MASTER", _world.B.Roles);
    }

    [Fact]
    public void Letting_go_in_time_leaves_a_box_in_maintenance_and_the_usual_picture()
    {
        Hold(14_900);

        LetGo();
        _world.RunFor(60_000);

        Assert.Equal(0, _world.A.Effects.Resets);
        Assert.True(_world.A.Controller.IsInMaintenance);
        Assert.Equal(
            new PanelState(LedPattern.On, LedPattern.Blink, LedPattern.Off),
            _world.A.Effects.Panel);
    }

    [Fact]
    public void A_box_without_a_twin_is_reset_from_its_office()
    {
        ControlWorld world = new(1);
        world.Configure(world.A, Configs.Pair(150));
        world.RunFor(3000);

        world.Do(now => world.A.Controller.OnButton(true, now));
        world.RunFor(15_000);

        Assert.True(world.A.Said("no living twin"));
        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.Equal(1, world.A.Effects.Resets);
        Assert.Equal(Lit, world.A.Effects.Panel);
    }

    [Fact]
    public void A_refused_reset_is_said_and_shown_like_a_refused_press()
    {
        _world.A.Effects.ResetRefusal = "this is no appliance";

        Hold(15_000);

        Assert.False(_world.A.Effects.Events.Exists(happening => happening.Kind == "reset"));
        Assert.Equal(
            ["no factory reset: this is no appliance"],
            _world.A.Effects.Events
                .Where(happening => happening is { Kind: "refused", Subject: "button" })
                .Select(happening => happening.Sentence));
        Assert.Equal(
            new PanelState(LedPattern.On, LedPattern.Blink, LedPattern.FastBlink),
            _world.A.Effects.Panel);
    }

    [Fact]
    public void A_panel_that_goes_away_while_its_button_is_held_resets_nothing()
    {
        Hold(12_000);

        _world.Do(_world.A.Controller.OnPanelGone);
        Assert.NotEqual(Flashing, _world.A.Effects.Panel);
        _world.RunFor(60_000);

        Assert.Equal(0, _world.A.Effects.Resets);
    }

    private void Hold(double milliseconds)
    {
        _world.Do(now => _world.A.Controller.OnButton(true, now));
        _world.RunFor(milliseconds);
    }

    private void LetGo() => _world.Do(now => _world.A.Controller.OnButton(false, now));
}

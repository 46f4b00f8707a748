using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Health;
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

        _world.Do(now => _world.A.Controller.OnPanel(new("gpiochip0", "it went away"), now));
        Assert.NotEqual(Flashing, _world.A.Effects.Panel);
        _world.RunFor(60_000);

        Assert.Equal(0, _world.A.Effects.Resets);
    }

    [Fact]
    public void A_panel_that_is_not_there_is_told_and_shows_nothing()
    {
        ControlBox box = _world.A;
        _world.Do(now => box.Controller.OnPanel(
            new("gpiochip4", "/dev/gpiochip4 is not there"), now));

        BoxStatus status = box.Controller.Status(_world.Now);
        string sentence = "the front panel is missing: /dev/gpiochip4 is not there";
        Assert.Equal(("off", "off", "off"), Leds(status.Panel));
        Assert.Equal(sentence, status.Panel.Missing);
        Assert.Contains(sentence, status.Warnings);
        Assert.Contains(
            new BoxEvent(EventSeverity.Warning, "panel", "gpiochip4", sentence),
            box.Effects.Events);

        _world.Do(now => box.Controller.OnPanel(new("gpiochip4", null), now));
        status = box.Controller.Status(_world.Now);
        Assert.Equal(("on", "on", "off"), Leds(status.Panel));
        Assert.DoesNotContain(sentence, status.Warnings);
    }

    [Fact]
    public void A_carried_service_without_quorum_lights_fault_and_nothing_is_ready()
    {
        ControlWorld world = new(1);
        world.Configure(world.A, Configs.Serving(Configs.Checked()));
        Assert.Equal(("on", "off", "off"), Leds(world.A.Controller.Status(world.Now).Panel));

        Fail(world, world.A);

        PanelStatus panel = world.A.Controller.Status(world.Now).Panel;
        Assert.Equal(("blink", "off", "on"), Leds(panel));
        Assert.Equal("nothing to carry", panel.ReadyMeans);
        Assert.Equal("a carried service is down", panel.FaultMeans);
    }

    [Fact]
    public void A_service_that_the_twin_carries_is_no_fault_here()
    {
        ControlWorld world = new(2);
        ApplianceConfig both = Configs.Grouped(Configs.Outside(150), Configs.Inside(150)) with
        {
            VirtualServers = Configs.Serving(Configs.Checked()).VirtualServers,
        };
        world.Configure(world.A, both);
        world.Configure(world.B, both with
        {
            VirtualRouters = Configs.Grouped(Configs.Outside(), Configs.Inside()).VirtualRouters,
        });
        world.RunFor(3000);
        Assert.Equal("BACKUP BACKUP", world.B.Roles);

        Fail(world, world.A);
        Fail(world, world.B);

        Assert.Equal("on", world.A.Controller.Status(world.Now).Panel.Fault);
        Assert.Equal("off", world.B.Controller.Status(world.Now).Panel.Fault);
    }

    [Fact]
    public void One_service_of_two_that_is_down_lights_fault_and_leaves_ready()
    {
        ControlWorld world = new(1);
        VirtualServerConfig web = Configs.Serving(Configs.Checked()).VirtualServers[0];
        world.Configure(world.A, Configs.Serving() with
        {
            VirtualServers =
            [
                web,
                web with
                {
                    Key = Configs.Web with { Port = 443 },
                    RealServers = ConfigList.From([Configs.Server("10.1.2.12")]),
                },
            ],
        });

        Fail(world, world.A);

        Assert.Equal(("on", "off", "on"), Leds(world.A.Controller.Status(world.Now).Panel));
    }

    [Fact]
    public void A_box_that_is_asked_to_carry_nothing_is_not_ready()
    {
        ControlWorld world = new(1);
        world.Configure(world.A, new ApplianceConfig { BoxName = "box" });

        Assert.Equal(("blink", "off", "off"), Leds(world.A.Controller.Status(world.Now).Panel));
    }

    [Fact]
    public void Hardware_that_needs_help_is_told_by_event_warning_status_and_led()
    {
        ControlBox box = _world.A;
        _world.Do(now => box.Controller.OnHardware(new() { TemperatureC = 81.25 }, now));

        BoxStatus status = box.Controller.Status(_world.Now);
        Assert.Equal(81.25, status.Hardware.TemperatureC);
        Assert.Equal("temperature", Assert.Single(status.Hardware.Alarms));
        Assert.Equal("blink", status.Panel.Fault);
        Assert.Equal("the hardware needs help", status.Panel.FaultMeans);
        BoxEvent raised = Assert.Single(box.Effects.Events, it => it.Kind == "hardware");
        Assert.Equal((EventSeverity.Warning, "temperature"), (raised.Severity, raised.Subject));
        Assert.Contains(raised.Sentence, status.Warnings);

        _world.Do(now => box.Controller.OnHardware(new() { TemperatureC = 60 }, now));
        Assert.Equal("off", box.Controller.Status(_world.Now).Panel.Fault);
        Assert.DoesNotContain(
            raised.Sentence, box.Controller.Status(_world.Now).Warnings);
        Assert.True(box.Said("has cooled down"));
    }

    private static (string Ready, string Role, string Fault) Leds(PanelStatus panel) =>
        (panel.Ready, panel.Role, panel.Fault);

    /// <summary>Every check of the box says no.</summary>
    private static void Fail(ControlWorld world, ControlBox box)
    {
        world.RunFor(5000);
        foreach ((int id, _) in box.Effects.Probes.ToArray())
        {
            world.Do(now => box.Controller.OnProbe(id, new ProbeOutcome(false, "refused"), now));
        }
    }

    private void Hold(double milliseconds)
    {
        _world.Do(now => _world.A.Controller.OnButton(true, now));
        _world.RunFor(milliseconds);
    }

    private void LetGo() => _world.Do(now => _world.A.Controller.OnButton(false, now));
}

using System;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;

namespace Steelyard.Tests.FrontPanel;

public sealed class PanelTests
{
    private static readonly PanelFacts Serving =
        new() { IsConfigured = true, Role = PanelRole.Backup };

    [Fact]
    public void Ready_blinks_while_starting_and_stays_on_while_serving()
    {
        Assert.Equal(LedPattern.Blink, Show(Serving with { IsConfigured = false }).Ready);
        Assert.Equal(LedPattern.On, Show(Serving).Ready);
    }

    [Fact]
    public void Ready_blinks_while_there_is_nothing_to_carry()
    {
        PanelState idle = Show(Serving with { CarriesNothing = true });

        Assert.Equal(LedPattern.Blink, idle.Ready);
        Assert.Equal(LedPattern.Off, idle.Fault);
    }

    [Fact]
    public void A_carried_service_that_is_down_lights_fault_whoever_else_is_missed()
    {
        PanelFacts down = Serving with { Role = PanelRole.Master, HasServiceDown = true };

        Assert.Equal(LedPattern.On, Show(down).Fault);
        Assert.Equal(LedPattern.On, Show(down with { MissesTwin = true }).Fault);
    }

    [Fact]
    public void Hardware_that_needs_help_blinks_fault()
    {
        Panel panel = new();

        PanelState shown = panel.Show(Serving with { HasHardwareAlarm = true }, Instant.Zero);

        Assert.Equal(LedPattern.Blink, shown.Fault);
        Assert.Equal(new PanelWords("serving", "BACKUP", "the hardware needs help"), panel.Words);
    }

    [Fact]
    public void Role_is_on_for_the_master_and_off_for_the_backup()
    {
        Assert.Equal(LedPattern.On, Show(Serving with { Role = PanelRole.Master }).Role);
        Assert.Equal(LedPattern.Off, Show(Serving).Role);
    }

    [Fact]
    public void Role_blinks_while_handing_over_and_in_maintenance()
    {
        PanelFacts master = Serving with { Role = PanelRole.Master };

        Assert.Equal(LedPattern.Blink, Show(master with { IsHandingOver = true }).Role);
        Assert.Equal(LedPattern.Blink, Show(Serving with { IsInMaintenance = true }).Role);
    }

    [Fact]
    public void Fault_stays_on_in_fault_and_blinks_without_a_twin()
    {
        PanelFacts alone = Serving with { MissesTwin = true };

        Assert.Equal(LedPattern.Off, Show(Serving).Fault);
        Assert.Equal(LedPattern.Blink, Show(alone).Fault);
        Assert.Equal(LedPattern.On, Show(alone with { Role = PanelRole.Fault }).Fault);
    }

    [Fact]
    public void All_leds_flash_while_a_factory_reset_is_near_whatever_else_they_had_to_say()
    {
        Panel panel = new();
        panel.OnPressRefused(Instant.Zero);
        PanelState flashing = new(LedPattern.FastBlink, LedPattern.FastBlink, LedPattern.FastBlink);

        Assert.Equal(flashing, panel.Show(Serving with { IsResetNear = true }, Instant.Zero));
        Assert.Equal(
            flashing,
            Show(new PanelFacts { Role = PanelRole.Fault, IsResetNear = true }));
    }

    [Fact]
    public void All_leds_are_lit_once_a_factory_reset_is_decided()
    {
        PanelState lit = new(LedPattern.On, LedPattern.On, LedPattern.On);

        Assert.Equal(lit, Show(Serving with { IsResetting = true }));
        Assert.Equal(lit, Show(Serving with { IsInMaintenance = true, IsResetting = true }));
    }

    [Fact]
    public void A_refused_press_flashes_for_three_seconds_and_then_the_old_picture_returns()
    {
        Panel panel = new();
        Instant press = Instant.Zero + TimeSpan.FromSeconds(100);
        Instant end = press + TimeSpan.FromSeconds(3);

        panel.OnPressRefused(press);

        Assert.Equal(LedPattern.FastBlink, panel.Show(Serving, press).Fault);
        Assert.Equal(end, panel.Deadline);
        Assert.Equal(LedPattern.FastBlink, panel.Show(Serving, end - TimeSpan.FromTicks(1)).Fault);
        Assert.Equal(LedPattern.Off, panel.Show(Serving, end).Fault);
        Assert.Equal(Instant.Never, panel.Deadline);
    }

    private static PanelState Show(PanelFacts facts) => new Panel().Show(facts, Instant.Zero);
}

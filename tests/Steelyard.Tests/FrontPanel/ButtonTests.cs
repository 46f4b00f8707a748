using System;
using System.Collections.Generic;
using CsCheck;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;

namespace Steelyard.Tests.FrontPanel;

public sealed class ButtonTests
{
    private readonly List<ButtonIntent> _intents = [];
    private readonly Button _button = new();

    [Theory]
    [InlineData(40)]
    [InlineData(150)]
    [InlineData(1999)]
    public void A_press_below_two_seconds_is_a_failover_and_only_one(int heldMs)
    {
        Edge(true, 1000);
        Edge(false, 1000 + heldMs);
        PassTo(20_000);

        Assert.Equal([ButtonIntent.Failover], _intents);
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(4999)]
    public void Letting_go_between_two_and_five_seconds_is_told_and_does_nothing(int heldMs)
    {
        Edge(true, 1000);
        Edge(false, 1000 + heldMs);
        PassTo(20_000);

        Assert.Equal([ButtonIntent.Unclear], _intents);
    }

    [Fact]
    public void A_hold_is_maintenance_at_the_fifth_second_while_still_held()
    {
        Edge(true, 1000);
        PassTo(5999);
        Assert.Empty(_intents);

        PassTo(6000);

        Assert.Equal([ButtonIntent.Maintenance], _intents);
        Assert.True(_button.IsDown);
    }

    [Fact]
    public void A_long_hold_is_a_factory_reset_at_the_fifteenth_second_while_still_held()
    {
        Edge(true, 1000);
        PassTo(15_999);
        Assert.Equal([ButtonIntent.Maintenance], _intents);

        PassTo(16_000);

        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.FactoryReset], _intents);
        Assert.True(_button.IsDown);
        Assert.False(_button.IsResetNear);
    }

    [Fact]
    public void However_long_it_is_held_after_that_nothing_further_happens()
    {
        Edge(true, 1000);
        PassTo(60_000);
        Edge(false, 60_000);
        PassTo(90_000);

        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.FactoryReset], _intents);
    }

    [Fact]
    public void A_factory_reset_is_near_from_the_tenth_second_on()
    {
        Edge(true, 1000);
        PassTo(10_999);
        Assert.False(_button.IsResetNear);

        PassTo(11_000);
        Assert.True(_button.IsResetNear);

        PassTo(15_999);
        Assert.True(_button.IsResetNear);
    }

    [Theory]
    [InlineData(9_999)]
    [InlineData(10_000)]
    [InlineData(14_900)]
    [InlineData(14_999)]
    public void Letting_go_in_time_cancels_the_factory_reset(int heldMs)
    {
        Edge(true, 1000);
        Edge(false, 1000 + heldMs);
        PassTo(1000 + heldMs + 30);
        Assert.False(_button.IsResetNear);

        PassTo(60_000);

        Assert.Equal([ButtonIntent.Maintenance], _intents);
    }

    [Fact]
    public void Letting_go_exactly_at_the_limit_is_held_long_enough()
    {
        Edge(true, 1000);
        Edge(false, 16_000);
        PassTo(60_000);

        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.FactoryReset], _intents);
    }

    [Fact]
    public void Bounces_in_a_long_hold_neither_cancel_nor_hasten_it()
    {
        Edge(true, 1000);
        foreach (int at in (int[])[6000, 11_000, 12_500, 15_980])
        {
            Edge(false, at);
            Edge(true, at + 10);
        }

        PassTo(15_999);
        Assert.Equal([ButtonIntent.Maintenance], _intents);

        PassTo(60_000);
        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.FactoryReset], _intents);
    }

    [Fact]
    public void A_release_that_is_not_settled_at_the_limit_cancels()
    {
        Edge(true, 1000);
        Edge(false, 15_990);
        Edge(true, 15_995);
        Edge(false, 16_005);
        PassTo(60_000);

        Assert.Equal([ButtonIntent.Maintenance], _intents);
    }

    [Fact]
    public void A_cancelled_hold_does_not_count_for_the_next()
    {
        Edge(true, 1000);
        Edge(false, 15_900);
        Edge(true, 16_000);
        PassTo(25_999);
        Assert.False(_button.IsResetNear);

        PassTo(30_999);

        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.Maintenance], _intents);
    }

    [Fact]
    public void A_stalled_program_resets_nothing_that_it_did_not_warn_of()
    {
        _ = _button.OnEdge(true, At(1000));
        Note(_button.OnDeadline(At(1030)));
        Note(_button.OnDeadline(At(21_000)));
        Note(_button.OnDeadline(At(21_000)));
        PassTo(25_999);
        Assert.Equal([ButtonIntent.Maintenance], _intents);
        Assert.True(_button.IsResetNear);

        Edge(false, 25_999);
        PassTo(60_000);

        Assert.Equal([ButtonIntent.Maintenance], _intents);
    }

    [Fact]
    public void A_button_that_nobody_watches_any_more_is_not_held()
    {
        Edge(true, 1000);
        PassTo(12_000);

        _button.Forget();
        Assert.False(_button.IsResetNear);
        Edge(false, 13_000);
        PassTo(60_000);
        Assert.Equal([ButtonIntent.Maintenance], _intents);

        Edge(true, 61_000);
        Edge(false, 61_100);
        PassTo(62_000);
        Assert.Equal([ButtonIntent.Maintenance, ButtonIntent.Failover], _intents);
    }

    [Fact]
    public void A_press_that_is_forgotten_while_it_bounces_is_none()
    {
        Edge(true, 1000);

        _button.Forget();
        PassTo(60_000);

        Assert.Empty(_intents);
    }

    [Fact]
    public void Bounces_on_the_way_down_and_up_are_one_press()
    {
        foreach (int at in (int[])[0, 3, 5, 19, 40])
        {
            Edge(at % 2 == 0, 1000 + at);
        }

        Edge(false, 1400);
        Edge(true, 1420);
        Edge(false, 1425);
        PassTo(20_000);

        Assert.Equal([ButtonIntent.Failover], _intents);
    }

    [Fact]
    public void A_press_that_bounced_can_still_become_a_hold()
    {
        Edge(true, 1000);
        Edge(false, 1010);
        Edge(true, 1012);
        PassTo(6000);

        Assert.Equal([ButtonIntent.Maintenance], _intents);
    }

    [Fact]
    public void A_glitch_shorter_than_the_settling_time_is_nothing()
    {
        Edge(true, 1000);
        Edge(false, 1025);
        PassTo(20_000);

        Assert.Empty(_intents);
    }

    [Fact]
    public void Two_presses_are_two()
    {
        Edge(true, 1000);
        Edge(false, 1100);
        Edge(true, 1300);
        Edge(false, 1400);
        PassTo(20_000);

        Assert.Equal([ButtonIntent.Failover, ButtonIntent.Failover], _intents);
    }

    [Fact]
    public void A_stalled_program_judges_by_the_timestamps_of_the_edges()
    {
        _ = _button.OnEdge(true, At(1000));
        ButtonIntent atRelease = _button.OnEdge(false, At(6500));

        Assert.Equal(ButtonIntent.Maintenance, atRelease);
    }

    /// <summary>Of one that is down before anyone looks, only the end is seen.</summary>
    [Fact]
    public void A_button_that_is_down_at_the_start_is_no_press()
    {
        Assert.Equal(Instant.Never, _button.Deadline);
        Assert.Equal(ButtonIntent.None, _button.OnDeadline(At(60_000)));
        Assert.Equal(ButtonIntent.None, _button.OnDeadline(At(60_500)));
        Assert.False(_button.IsResetNear);
        Assert.Equal(ButtonIntent.None, _button.OnEdge(false, At(61_000)));
        Assert.Equal(ButtonIntent.None, _button.OnDeadline(At(62_000)));
        Assert.Equal(ButtonIntent.None, _button.OnEdge(true, At(63_000)));
        Assert.Equal(ButtonIntent.None, _button.OnEdge(false, At(63_100)));
        Assert.Equal(ButtonIntent.Failover, _button.OnDeadline(At(63_130)));
    }

    /// <summary>
    /// A contact may bounce up to fifty times within 25 ms of a press and of a release.
    /// </summary>
    [Fact]
    public void No_bouncing_makes_two_presses_of_one()
    {
        Gen<int[]> bounces = Gen.Int[0, 25].Array[0, 50];
        Gen.Select(bounces, Gen.Int[60, 1900], bounces).Sample((down, heldMs, up) =>
        {
            Button button = new();
            int presses = 0;
            int now = 1000;
            Bounce(button, down, isDown: true, now, ref presses);
            now += heldMs;
            Bounce(button, up, isDown: false, now, ref presses);
            presses += button.OnDeadline(At(now + 1000)) == ButtonIntent.Failover ? 1 : 0;
            return presses == 1;
        });
    }

    private static void Bounce(
        Button button, int[] offsets, bool isDown, int start, ref int presses)
    {
        int[] sorted = [.. offsets];
        Array.Sort(sorted);
        bool level = isDown;
        Feed(button, level, start, ref presses);
        foreach (int offset in sorted)
        {
            level = !level;
            Feed(button, level, start + offset, ref presses);
        }

        if (level != isDown)
        {
            Feed(button, isDown, start + 26, ref presses);
        }
    }

    private static void Feed(Button button, bool isDown, int atMs, ref int presses) =>
        presses += button.OnEdge(isDown, At(atMs)) == ButtonIntent.Failover ? 1 : 0;

    private static Instant At(int milliseconds) =>
        Instant.Zero + TimeSpan.FromMilliseconds(milliseconds);

    private void Edge(bool isDown, int atMs)
    {
        PassTo(atMs);
        Note(_button.OnEdge(isDown, At(atMs)));
    }

    private void PassTo(int atMs) => VirtualTime.Pass(
        At(atMs), () => _button.Deadline, now => Note(_button.OnDeadline(now)));

    private void Note(ButtonIntent intent)
    {
        if (intent != ButtonIntent.None)
        {
            _intents.Add(intent);
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Telemetry;

namespace Steelyard.Tests.Telemetry;

public sealed class StandingWarningsTests
{
    private readonly StandingWarnings _warnings = new();

    [Fact]
    public void Whoever_speaks_first_the_rooms_come_in_the_order_of_their_names()
    {
        _warnings.Set("panel", "third");
        _warnings.Set("link", "second", "first");

        Assert.Equal<string>(["second", "first", "third"], _warnings.Shown);
    }

    [Fact]
    public void A_room_takes_back_its_own_words_alone()
    {
        _warnings.Set("link", "one", "two");
        _warnings.Set("panel", "three");

        _warnings.Set("link", "two");
        Assert.Equal<string>(["two", "three"], _warnings.Shown);

        _warnings.Set("link");
        Assert.Equal<string>(["three"], _warnings.Shown);
    }

    [Fact]
    public void What_two_rooms_say_is_shown_once()
    {
        _warnings.Set("a", "the same");
        _warnings.Set("b", "the same");

        Assert.Equal<string>(["the same"], _warnings.Shown);
    }

    [Fact]
    public void A_strangers_control_characters_are_shown_and_not_obeyed()
    {
        _warnings.Set("twin", "it is \e[2J\r\nbox\u202eb\u0085, \u00e4 \U0001F600");

        Assert.Equal<string>(
            ["it is \\x1b[2J\\x0d\\x0abox\\u202eb\\x85, \u00e4 \U0001F600"], _warnings.Shown);
    }

    [Fact]
    public void Half_a_character_and_an_unseen_one_are_shown_by_number()
    {
        Assert.Equal("\\ud83d", ShownText.Of("\ud83d"));
        Assert.Equal("\\ude00", ShownText.Of("\ude00"));
        Assert.Equal("\\udb40\\udc41", ShownText.Of("\udb40\udc41"));
    }

    [Fact]
    public void A_room_without_measure_neither_fills_the_list_nor_a_line()
    {
        string[] many = [.. Enumerable.Range(0, 1000)
            .Select(number => number.ToString("d4", CultureInfo.InvariantCulture)
                + new string('x', 1000))];
        _warnings.Set("a", many);
        _warnings.Set("b", "one more");

        ImmutableArray<string> shown = _warnings.Shown;
        Assert.Equal(StandingWarnings.MostShown, shown.Length);
        Assert.Equal("and 2 more warnings", shown[^1]);
        Assert.All(
            shown,
            sentence => Assert.InRange(sentence.Length, 1, StandingWarnings.LongestSentence));
    }

    [Fact]
    public void A_cut_halves_no_character()
    {
        string longest = new string('x', StandingWarnings.LongestSentence - 2) + "\U0001F600yz";

        _warnings.Set("a", longest);

        Assert.EndsWith("x…", _warnings.Shown[0], System.StringComparison.Ordinal);
    }
}

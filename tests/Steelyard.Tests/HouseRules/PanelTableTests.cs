using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Tests.HouseRules;

/// <summary>What the LEDs mean is one table; every page that tells of it says the same.</summary>
public sealed partial class PanelTableTests
{
    private static readonly (string Line, string Name)[] Leds =
        [(PanelLines.Ready, "ready"), (PanelLines.Role, "role"), (PanelLines.Fault, "fault")];

    [Theory]
    [InlineData("README.md")]
    [InlineData("board/cm4-dual-eth-mini/wiring.md")]
    [InlineData("image/docs/flashing.md")]
    public void A_guide_has_the_table_of_the_code(string page)
    {
        string text = Read(page);

        Assert.All(Rows(), row => Assert.Contains(row, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("image/man/steelyard.8")]
    [InlineData("image/boot/README.txt")]
    public void The_manual_and_the_card_say_each_meaning_in_the_words_of_the_code(string page)
    {
        string text = Spaces().Replace(Read(page), " ");

        Assert.All(
            PanelTable.Signs, sign => Assert.Contains(sign.Means, text, StringComparison.Ordinal));
        Assert.Contains(PanelTable.ResetNear, text, StringComparison.Ordinal);
        Assert.Contains(PanelTable.Resetting, text, StringComparison.Ordinal);
    }

    /// <summary>The last sign of each LED always holds.</summary>
    [Fact]
    public void Each_led_always_says_something()
    {
        Assert.All(Leds, led => Assert.True(
            PanelTable.Signs.Last(sign => sign.Line == led.Line).Holds(default)));
        Assert.All(PanelTable.Signs, sign => Assert.NotEqual(LedPattern.Unknown, sign.Pattern));
    }

    /// <summary>As in <c>| role | BACKUP | MASTER | handing over | – |</c>.</summary>
    private static IEnumerable<string> Rows()
    {
        LedPattern[] columns =
            [LedPattern.Off, LedPattern.On, LedPattern.Blink, LedPattern.FastBlink];
        return Leds.Select(led =>
            $"| {led.Name} | {string.Join(" | ", columns.Select(of => Cell(led.Line, of)))} |");
    }

    private static string Cell(string line, LedPattern pattern)
    {
        string[] means =
        [
            .. PanelTable.Signs
                .Where(sign => sign.Line == line && sign.Pattern == pattern)
                .Select(sign => sign.Means),
        ];
        return means.Length > 0 ? string.Join(", or ", means)
            : line == PanelLines.Ready && pattern == LedPattern.Off ? PanelTable.NotRunning
            : "–";
    }

    private static string Read(string page) =>
        File.ReadAllText(Path.Combine(SourceTree.Root, page));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

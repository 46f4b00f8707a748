using System.Linq;
using Steelyard.Core.FrontPanel;
using Steelyard.Host.Panel;

namespace Steelyard.Tests.Host.Panel;

public sealed class PanelBoardTests
{
    private static readonly BoardShelf Boards = new("/nonexistent", "/nonexistent");

    [Fact]
    public void Every_known_board_maps_every_panel_line_once_and_no_other()
    {
        // QEMU's machine has no LEDs.
        const string Virtual = "virt";
        string[] names = [.. Boards.Known];

        Assert.Equal(["cm4-dual-eth-mini", "rpi4", "simulated", Virtual], names);
        foreach (string name in names)
        {
            PanelBoard board = Boards.Load(name);

            string[] expected = name == Virtual ? [PanelLines.Button] : [.. PanelLines.All];
            Assert.Equal(expected.Order(), board.Names.Order());
            Assert.Equal(
                expected.Length,
                expected.Select(line => board.Find(line).Offset).Distinct().Count());
        }
    }

    [Fact]
    public void A_part_that_a_board_lacks_is_none_and_a_name_that_is_no_part_is_refused()
    {
        PanelBoard board = Boards.Load("virt");

        Assert.Null(board.FindOrNone(PanelLines.Fault));
        Assert.Equal(3, board.FindOrNone(PanelLines.Button)?.Offset);
        Assert.Equal(7, board.FindOrNone("7")?.Offset);
        Assert.Throws<PanelException>(() => board.FindOrNone("LED_X"));
    }

    [Fact]
    public void A_line_says_its_number_its_sense_and_its_pull_up()
    {
        PanelBoard board = PanelBoard.Parse("# pins\nBUTTON  23  active-low pull-up # J1\n\n");

        Assert.Equal(
            new BoardLine("BUTTON", 23, IsActiveLow: true, PullsUp: true), board.Find("BUTTON"));
    }

    [Fact]
    public void A_number_in_place_of_a_name_is_that_line()
    {
        PanelBoard board = PanelBoard.Parse(string.Empty);

        Assert.Equal(new BoardLine("5", 5, IsActiveLow: false, PullsUp: false), board.Find("5"));
    }

    [Theory]
    [InlineData("BUTTON 23")]
    [InlineData("BUTTON 23 low")]
    [InlineData("BUTTON x active-low")]
    [InlineData("KNOB 23 active-low")]
    [InlineData("BUTTON 23 active-low pull-down")]
    public void A_line_that_says_something_else_is_refused(string line)
    {
        Assert.Throws<PanelException>(() => PanelBoard.Parse(line));
    }

    [Fact]
    public void An_unknown_board_or_line_is_refused_with_the_known_ones()
    {
        PanelException board = Assert.Throws<PanelException>(() => Boards.Load("toaster"));
        PanelException line =
            Assert.Throws<PanelException>(() => Boards.Load("simulated").Find("LED_X"));

        Assert.Equal(
            "there is no board 'toaster'; "
            + "known boards are cm4-dual-eth-mini, rpi4, simulated, virt",
            board.Message);
        Assert.Equal(
            "the board has no line 'LED_X'; its lines are LED_READY, LED_ROLE, LED_FAULT, BUTTON",
            line.Message);
    }
}

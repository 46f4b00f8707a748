using System.IO;
using Steelyard.Host.Commands;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Commands;

public sealed class UpdateViewTests
{
    private static readonly UpdateProgress[] Way =
    [
        new(UpdateStage.Fetching, 4, "1 MB fetched"),
        new(UpdateStage.Fetching, 7, "2 MB fetched"),
        new(UpdateStage.Fetching, 100, "30 MB fetched"),
        new(UpdateStage.Checking, null, "the signature is checked"),
        new(UpdateStage.Installing, 50, "Copying image to rootfs.1"),
    ];

    [Fact]
    public void Without_a_terminal_each_tenth_and_each_sentence_is_a_line()
    {
        using StringWriter output = new();
        UpdateView view = new(output, isTerminal: false);

        foreach (UpdateProgress progress in Way)
        {
            view.Show(progress);
        }

        Assert.Equal(
            "fetching: 0 %\nfetching: 100 %\nchecking: the signature is checked\n"
            + "installing: 50 % Copying image to rootfs.1\n",
            output.ToString());
    }

    [Fact]
    public void On_a_terminal_each_stage_is_a_line_that_is_drawn_anew()
    {
        using StringWriter output = new();
        UpdateView view = new(output, isTerminal: true);

        view.Show(Way[0]);
        view.Show(Way[^1]);
        view.Close();

        Assert.Equal(
            $"\r\e[Kfetching     {new string('░', 24)}   4% 1 MB fetched\n"
            + $"\r\e[Kinstalling   {new string('█', 12)}{new string('░', 12)}  50% "
            + "Copying image to rootfs.1\n",
            output.ToString());
    }

    [Fact]
    public void A_sentence_has_the_room_of_a_bar_that_is_not_drawn()
    {
        const string Long = "stopped: no start tries the other root, half written or not";
        using StringWriter output = new();
        UpdateView view = new(output, isTerminal: true);

        view.Show(new(UpdateStage.Installing, null, Long));
        view.Show(new(UpdateStage.Installing, 7, Long));

        Assert.Equal(
            $"\r\e[Kinstalling   {Long}\r\e[Kinstalling   █{new string('░', 23)}   7% "
            + "stopped: no start tries the other root, half …",
            output.ToString());
    }
}

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
    public void On_a_terminal_a_sentence_without_a_bar_is_a_line_of_its_own_and_whole()
    {
        const string Waits = "the twin box-b says that it cannot take over (it is in maintenance, "
            + "is starting after its own update, or an interface of it is down): the restart waits";
        using StringWriter output = new();
        UpdateView view = new(output, isTerminal: true);

        view.Show(new(UpdateStage.HandingOver, null, Waits));
        view.Show(new(UpdateStage.HandingOver, 100, Waits));
        view.Show(new(UpdateStage.HandingOver, null, "the twin keeps outside"));

        Assert.Equal(
            $"handing over {Waits}\n\r\e[Khanding over {new string('█', 24)} 100% "
            + "the twin box-b says that it cannot take over …\n"
            + "handing over the twin keeps outside\n",
            output.ToString());
    }

    [Fact]
    public void On_a_terminal_what_is_fetched_is_counted_in_one_line_though_its_end_is_unknown()
    {
        using StringWriter output = new();
        UpdateView view = new(output, isTerminal: true);

        view.Show(new(UpdateStage.Fetching, null, "1 MB fetched"));
        view.Show(new(UpdateStage.Fetching, null, "2 MB fetched"));

        Assert.Equal(
            "\r\e[Kfetching     1 MB fetched\r\e[Kfetching     2 MB fetched", output.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_terminal_that_is_gone_is_no_reason_to_end(bool isTerminal)
    {
        using GoneTerminal output = new();
        UpdateView view = new(output, isTerminal);

        view.Show(Way[0]);
        view.Show(Way[3]);
        view.Close();
    }

    private sealed class GoneTerminal : StringWriter
    {
        public override void Write(string? value) => throw new IOException("Input/output error");

        public override void WriteLine(string? value) => Write(value);
    }
}

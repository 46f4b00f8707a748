using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Spectre.Console;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

/// <summary>The lab's screen, drawn into terminals of several sizes.</summary>
public sealed class LabScreenTests
{
    private const string PageA = "http://127.0.0.1:8080/?peer=ws://127.0.0.1:8081/mqtt";
    private const string PageB = "http://127.0.0.1:8081/?peer=ws://127.0.0.1:8080/mqtt";
    private static readonly Instant Now = Instant.Zero + TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 16)]
    [InlineData(100, 30)]
    [InlineData(160, 50)]
    public void Addresses_boxes_and_keys_are_seen_whatever_else_is(int width, int height)
    {
        string[] lines = Draw(Picture(), width, height);

        Assert.True(lines.Length < height, $"{lines.Length} lines in {height}");
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        string shown = string.Join('\n', lines);
        Assert.Contains(PageA, shown, StringComparison.Ordinal);
        Assert.Contains(PageB, shown, StringComparison.Ordinal);
        Assert.Contains("box A", shown, StringComparison.Ordinal);
        Assert.Contains("box B", shown, StringComparison.Ordinal);
        Assert.Contains("outside MASTER  inside MASTER 64 s", shown, StringComparison.Ordinal);
        Assert.Contains("q quit", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_common_terminal_the_clients_the_last_deeds_and_the_services_are_seen()
    {
        string shown = string.Join('\n', Draw(Picture(), 80, 24));

        Assert.Contains("12345 requests: 3 failed", shown, StringComparison.Ordinal);
        Assert.Contains("box B was killed", shown, StringComparison.Ordinal);
        Assert.Contains("192.168.100.1:80", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("A: a long line", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_large_terminal_the_log_is_seen_of_both_boxes_and_cut_at_the_edge()
    {
        string[] lines = Draw(Picture(), 100, 40);

        Assert.Equal(4, lines.Count(line => line.StartsWith("A: a long line", default)));
        Assert.Equal(4, lines.Count(line => line.StartsWith("B: a long line", default)));
        string last = Assert.Single(lines, line => line.Contains("A: a long line 19", default));
        Assert.EndsWith("…", last, default);
    }

    [Fact]
    public void Of_a_terminal_too_small_for_all_that_is_pinned_nothing_overflows()
    {
        string[] lines = Draw(Picture(), 40, 8);

        Assert.True(lines.Length < 8);
        Assert.Contains(lines, line => line.Contains("127.0.0.1:8080", default));
    }

    [Fact]
    public void Both_boxes_dead_is_no_good_sight()
    {
        LabPicture picture = Picture();
        ImmutableArray<BoxPicture> dead =
            [.. picture.Boxes.Select(box => box with { IsRunning = false, Status = null })];
        LabDeed deed = new(
            "box B was killed (kill -9)",
            Now - TimeSpan.FromSeconds(4),
            null,
            new DeedOutcome(TimeSpan.FromSeconds(4), true, 180, 540, false));

        string shown = string.Join('\n', Draw(
            picture with
            {
                Boxes = dead,
                Deeds = [deed],
                Clients = picture.Clients! with { Failed = 0, FailedLately = 0, Waiting = 540 },
            },
            80,
            24));

        Assert.Contains("dead", shown, StringComparison.Ordinal);
        Assert.Contains("540 without an answer", shown, StringComparison.Ordinal);
        Assert.Contains("silent 4.0 s, 180 failed, 540 wait", shown, StringComparison.Ordinal);
        Assert.Contains("a b press", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(0, 0, 2, false)]
    [InlineData(5, 1, 0, false)]
    [InlineData(5, 0, 0, false)]
    public void Green_is_only_what_is_good(int failed, int lately, int waiting, bool isGreen)
    {
        LabPicture picture = Picture();

        string coloured = string.Join('\n', Draw(
            picture with
            {
                Clients = picture.Clients! with
                {
                    Failed = failed,
                    FailedLately = lately,
                    Waiting = waiting,
                },
            },
            100,
            30,
            inColour: true));

        Assert.Equal(isGreen, coloured.Contains("\e[32m0 failed", StringComparison.Ordinal));
        Assert.Equal(lately > 0, coloured.Contains("\e[1;91m5 failed", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_counts_while_the_clients_warm_up()
    {
        LabPicture picture = Picture();

        string shown = string.Join('\n', Draw(
            picture with { Clients = picture.Clients! with { IsCounting = false } }, 80, 24));

        Assert.Contains("warming up", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("failed", shown.Split("box B was killed")[0], default);
    }

    private static LabPicture Picture() => new(
        [PageA, PageB],
        "/tmp/steelyard-lab-abcdef",
        [Box("A", "MASTER"), Box("B", "BACKUP")],
        new ClientsPicture(
            true,
            [.. Enumerable.Range(160, 40)],
            12_345,
            3,
            1,
            0,
            [("connection refused", 2), ("no answer in 5 s", 1)],
            ImmutableSortedDictionary<string, long>.Empty
                .Add("server-1", 4115).Add("server-2", 4114).Add("server-3", 4113)),
        [
            .. Enumerable.Range(0, 6).Select(deed => new LabDeed(
                deed == 0 ? "box B was killed (kill -9)" : "button A was pressed",
                Now - TimeSpan.FromSeconds(10 * (deed + 1)),
                null,
                new DeedOutcome(TimeSpan.FromMilliseconds(41.5), false, 0, 0, true))),
        ],
        Now);

    private static BoxPicture Box(string name, string state) => new(
        name,
        new PanelLights(true, state == "MASTER", false),
        false,
        true,
        new BoxStatus(
            name,
            "1.0",
            70,
            [Router("outside", state), Router("inside", state)],
            [Service("192.168.100.1:80 TCP"), Service("192.168.100.1:7 UDP")],
            [],
            new FastPathStatus("off", 0),
            new PanelStatus("on", "on", "off"),
            new TwinStatus(true, "twin"),
            false,
            new ConnectionTotals(240, 10_000, 9_760)),
        [.. Enumerable.Range(0, 20).Select(line => $"a long line {line} {new string('x', 120)}")]);

    private static VirtualRouterStatus Router(string name, string state) =>
        new(name, state, 51, 150, name, ["192.168.100.1/24"], 64, 1);

    private static ServiceStatus Service(string name) => new(
        name,
        "rr",
        true,
        1,
        false,
        [
            .. Enumerable.Range(11, 3).Select(server => new RealServerStatus(
                $"10.0.0.{server}:80", "nat", 1, 1, "up", 12, 345, 45_678, 1_234_567, 1_234_567,
                1, 1, string.Empty)),
        ]);

    private static string[] Draw(LabPicture picture, int width, int height, bool inColour = false)
    {
        using StringWriter text = new() { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = inColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = inColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        (console.Profile.Width, console.Profile.Height) = (width, height);
        console.Profile.Capabilities.Unicode = true;
        console.Write(LabScreen.Draw(picture));
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Spectre.Console;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Frame = Spectre.Console.Panel;

namespace Steelyard.Host.Lab;

/// <summary>
/// How the lab looks. Where there is little room, addresses, boxes and keys stay and the log goes
/// first.
/// </summary>
internal static class LabScreen
{
    private const int DeedsBeforeServices = 2;
    private const int MostLogLinesOfABox = 4;
    private static readonly string[] Bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

    public static FittedRows Draw(LabPicture picture) => new(
    [
        new(0, _ => Addresses(picture)),
        new(2, _ => Boxes(picture.Boxes)),
        new(6, _ => Sockets(picture)),
        new(5, _ => Services(picture)),
        new(3, _ => Clients(picture)),
        new(4, _ => Deeds(picture, picture.Deeds.Take(DeedsBeforeServices))),
        new(7, _ => Deeds(picture, picture.Deeds.Skip(DeedsBeforeServices))),
        new(8, room => Log(picture.Boxes, room)),
        new(1, _ => new Rows(LabKeys.Help.Select(line => new Markup($"[bold]{line}[/]")))),
    ]);

    private static Rows Addresses(LabPicture picture) => new(
        new Markup(Text($"[bold]Steelyard lab[/]  {picture.Boxes[0].Name}: {Link(picture, 0)}")),
        new Markup(Text($"               {picture.Boxes[1].Name}: {Link(picture, 1)}")));

    private static Markup Sockets(LabPicture picture) => new(Text(
        $"[dim]steelyard status --socket {picture.Folder.EscapeMarkup()}/a.sock, or b.sock[/]"));

    private static Grid Boxes(ImmutableArray<BoxPicture> boxes)
    {
        Grid grid = new() { Expand = true };
        for (int column = 0; column < boxes.Length; column++)
        {
            _ = grid.AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        }

        return grid.AddRow([.. boxes.Select(Box)]);
    }

    private static Frame Box(BoxPicture box)
    {
        string button = box.ButtonIsDown ? "[black on yellow] ■ [/]" : "[dim][[ ]][/]";
        string leds = $"{Led(box.Lights.Ready, "green")} ready {Led(box.Lights.Role, "blue")} role "
            + $"{Led(box.Lights.Fault, "red")} fault  {button} button";
        return new Frame(new Rows(
        [
            new Markup(leds),
            .. Describe(box).Select(line => new Markup(line)
            {
                Overflow = Overflow.Ellipsis,
            }),
        ]))
        {
            Header = new PanelHeader($" box {box.Name} "),
            Expand = true,
        };
    }

    /// <summary>Always two lines, so that nothing below jumps.</summary>
    private static string[] Describe(BoxPicture box)
    {
        if (!box.IsRunning)
        {
            return ["[bold red]dead[/]", " "];
        }

        if (box.Status is not BoxStatus status)
        {
            return ["[yellow]starting, or silent[/]", " "];
        }

        string routers = string.Join("  ", status.VirtualRouters.Select(router => Text(
            $"{router.Name.EscapeMarkup()} {Role(router.State)}")));
        string twin = status.Twin.Alive ? "twin heard" : "[red]no twin[/]";
        double since = status.VirtualRouters.IsEmpty
            ? 0
            : status.VirtualRouters.Min(router => router.Since);
        return
        [
            $"{routers} [dim]{Duration(since)}[/]",
            status.Maintenance
                ? $"[yellow]maintenance[/]  {twin}"
                : Text($"{twin}  {status.Connections.Current} connections"),
        ];
    }

    /// <summary>In five letters, so that a box is as wide as half a small terminal.</summary>
    private static string Duration(double seconds) => seconds switch
    {
        < 1_000 => Text($"{seconds:0} s"),
        < 60_000 => Text($"{seconds / 60:0} m"),
        _ => Text($"{seconds / 3_600:0} h"),
    };

    private static Table Services(LabPicture picture)
    {
        Table table = new Table { Border = TableBorder.None, Expand = true }
            .AddColumns("[dim]service[/]", "[dim]server[/]", "[dim]health[/]", "[dim]active[/]")
            .AddColumns("[dim]taken[/]", "[dim]in[/]", "[dim]out[/]");
        BoxStatus? status = picture.Boxes.Select(box => box.Status)
            .OrderByDescending(known =>
                known?.VirtualRouters.Count(router => router.State == "MASTER") ?? -1)
            .FirstOrDefault();
        foreach (ServiceStatus service in status?.Services ?? [])
        {
            string name = service.Service.EscapeMarkup();
            foreach (RealServerStatus server in service.RealServers)
            {
                _ = table.AddRow(
                    name,
                    server.Address.EscapeMarkup(),
                    Health(server.Health),
                    Text($"{server.Active}"),
                    Text($"{server.Connections}"),
                    Text($"{server.InPackets}"),
                    Text($"{server.OutPackets}"));
                name = string.Empty;
            }
        }

        return table;
    }

    private static Rows Clients(LabPicture picture)
    {
        if (picture.Clients is not ClientsPicture clients)
        {
            return new Rows(new Markup(
                "[dim]clients wait until a box serves, its twin is heard and servers are up[/]"));
        }

        int most = Math.Max(1, clients.PerSecond.Max());
        string chart = string.Concat(
            clients.PerSecond.Select(rate => Bars[rate * (Bars.Length - 1) / most]));
        string shares = string.Join("   ", clients.PerServer.Select(pair =>
            Text($"{pair.Key.EscapeMarkup()} {pair.Value}")));
        return new Rows(
            new Markup(Text($"[blue]{chart}[/] [bold]{clients.PerSecond[^1]}[/] answers/s")),
            new Markup(clients.IsCounting
                ? Count(clients)
                : "[dim]warming up: nothing counts yet[/]"),
            new Markup($"[dim]{shares}[/]"));
    }

    private static string Count(ClientsPicture clients)
    {
        string failed = clients switch
        {
            { Failed: 0 } => clients.Waiting == 0 ? "[green]0 failed[/]" : "0 failed",
            { FailedLately: 0 } => Text(
                $"{clients.Failed} failed, none in the last {ClientsPicture.News} s"),
            _ => Text($"[bold red]{clients.Failed} failed[/]"),
        };
        string waiting = clients.Waiting == 0
            ? string.Empty
            : Text($", [bold red]{clients.Waiting} without an answer for 1 s and more[/]");
        string reasons = string.Join(", ", clients.Reasons.Take(3).Select(reason =>
            Text($"{reason.Count} × {reason.Reason.EscapeMarkup()}")));
        return Text($"{clients.Requests} requests: {failed}{waiting}  [dim]{reasons}[/]");
    }

    private static Rows Deeds(LabPicture picture, IEnumerable<LabDeed> deeds) =>
        new(deeds.Select(deed => new Markup(Describe(deed, picture.Now))));

    private static string Describe(LabDeed deed, Instant now)
    {
        double age = (now - deed.At).TotalSeconds;
        string when = Text($"[dim]{age,4:0} s ago[/]  {deed.Sentence.EscapeMarkup()}");
        if (deed.Seen is not DeedOutcome seen)
        {
            return Text($"{when}: [dim]no client asks yet[/]");
        }

        string gap = seen.IsSilent
            ? Text($"[bold red]silent {seen.Gap.TotalSeconds:0.0} s[/]")
            : Text($"gap [bold]{seen.Gap.TotalMilliseconds:0.0} ms[/]");
        string waiting = seen.Waiting == 0 ? string.Empty : Text($", {seen.Waiting} wait");
        return Text($"{when}: {gap}, {seen.Failed} failed{waiting}");
    }

    /// <summary>Each box's last lines, the same number of each.</summary>
    private static Rows Log(ImmutableArray<BoxPicture> boxes, int room)
    {
        int lines = Math.Min(MostLogLinesOfABox, room / boxes.Length);
        return new(boxes.SelectMany(box => box.Log.TakeLast(lines).Select(
            line => new OneLine($"{box.Name}: {line}", new Style(decoration: Decoration.Dim)))));
    }

    private static string Led(bool isLit, string colour) =>
        isLit ? $"[{colour}]●[/]" : "[grey35]○[/]";

    private static string Role(string state) => state switch
    {
        "MASTER" => "[bold blue]MASTER[/]",
        "BACKUP" => "BACKUP",
        "FAULT" => "[bold red]FAULT[/]",
        _ => $"[yellow]{state.EscapeMarkup()}[/]",
    };

    private static string Health(string health) => health switch
    {
        "up" => "[green]up[/]",
        "down" => "[red]down[/]",
        _ => $"[yellow]{health.EscapeMarkup()}[/]",
    };

    private static string Link(LabPicture picture, int box) =>
        $"[link]{picture.Pages[box].EscapeMarkup()}[/]";

    private static string Text(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}

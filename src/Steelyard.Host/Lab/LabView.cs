using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Spectre.Console.Rendering;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;
using Frame = Spectre.Console.Panel;

namespace Steelyard.Host.Lab;

/// <summary>The lab in a terminal: drawn ten times a second, played by keys.</summary>
internal sealed class LabView(SteelyardLab lab)
{
    private const int ChartSeconds = 40;
    private const int LogLines = 4;
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

    private readonly LabHistory _history = new(lab);

    public async Task RunAsync(CancellationToken cancellation)
    {
        LabKeys keys = new(lab, _history);
        await AnsiConsole.Live(Draw()).AutoClear(true).StartAsync(async live =>
        {
            while (!cancellation.IsCancellationRequested && ReadKeys(keys, cancellation))
            {
                StartClientsWhenReady();
                _history.Look();
                live.UpdateTarget(Draw());
                await Task.Delay(BetweenFrames, cancellation)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
    }

    private static bool ReadKeys(LabKeys keys, CancellationToken cancellation)
    {
        while (Console.KeyAvailable)
        {
            if (!keys.OnKey(Console.ReadKey(intercept: true).KeyChar, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Clients come when somebody serves them: what nobody could answer tells nothing.
    /// </summary>
    private void StartClientsWhenReady()
    {
        if (lab.Clients is null && lab.Master is not null)
        {
            lab.StartClients();
        }
    }

    private Rows Draw() => new(
        new Markup(Text($"[bold]Steelyard lab[/]   the pair as A shows it  {Link(0)}")),
        new Markup(Text($"                and as B shows it       {Link(1)}")),
        new Markup(Text(
            $"[dim]steelyard status --socket {lab.Folder.EscapeMarkup()}/a.sock, or b.sock[/]")),
        new Columns(lab.Boxes.Select(DrawBox)),
        DrawServices(),
        DrawClients(),
        DrawHistory(),
        DrawLog(),
        new Markup($"[bold]{LabKeys.Help.EscapeMarkup()}[/]"));

    private static Frame DrawBox(LabBox box)
    {
        PanelLights lights = box.Panel.Lights;
        string button = box.Panel.IsDown ? "[black on yellow] ■ [/]" : "[dim][[ ]][/]";
        string leds = $"{Led(lights.Ready, "green")} ready   {Led(lights.Role, "blue")} role   "
            + $"{Led(lights.Fault, "red")} fault   {button} button";
        return new Frame(new Rows(new Markup(leds), new Markup(Describe(box))))
        {
            Header = new PanelHeader($" box {box.Name.ToUpperInvariant()} "),
            Expand = true,
        };
    }

    private static string Describe(LabBox box)
    {
        if (!box.IsRunning)
        {
            return "[red]dead[/]";
        }

        if (box.Status is not BoxStatus status)
        {
            return "[yellow]starting, or silent[/]";
        }

        string routers = string.Join("  ", status.VirtualRouters.Select(router => Text(
            $"{router.Name.EscapeMarkup()} {Role(router.State)} [dim]{router.Since:0} s[/]")));
        string twin = status.Twin.Alive ? "twin heard" : "[red]no twin[/]";
        string maintenance = status.Maintenance ? "   [yellow]maintenance[/]" : string.Empty;
        return Text($"{routers}\n{twin}   {status.Connections.Current} connections{maintenance}");
    }

    private Table DrawServices()
    {
        Table table = new Table { Border = TableBorder.Simple, Expand = true }
            .AddColumns("service", "server", "health", "weight")
            .AddColumns("active", "inactive", "taken", "in", "out");
        BoxStatus? status = lab.Master?.Status
            ?? lab.Boxes.Select(box => box.Status).FirstOrDefault(known => known is not null);
        foreach (ServiceStatus service in status?.Services ?? [])
        {
            string name = $"{service.Service} {service.Scheduler}".EscapeMarkup();
            foreach (RealServerStatus server in service.RealServers)
            {
                _ = table.AddRow(
                    name,
                    server.Address.EscapeMarkup(),
                    Health(server.Health),
                    Text($"{server.EffectiveWeight}"),
                    Text($"{server.Active}"),
                    Text($"{server.Inactive}"),
                    Text($"{server.Connections}"),
                    Text($"{server.InPackets}"),
                    Text($"{server.OutPackets}"));
                name = string.Empty;
            }
        }

        return table;
    }

    private Markup DrawClients()
    {
        if (lab.Clients is not LabClients clients)
        {
            return new Markup("[dim]clients wait until somebody serves[/]");
        }

        Instant now = MonotonicClock.Now;
        ImmutableArray<int> seconds = clients.Tally.LastSeconds(ChartSeconds, now);
        int most = Math.Max(1, seconds.Max());
        string chart = string.Concat(seconds.Select(rate => Bars[rate * (Bars.Length - 1) / most]));
        string failed = clients.Tally.Failed == 0
            ? "[green]0 failed[/]"
            : Text($"[red]{clients.Tally.Failed} failed[/]");
        string reasons = string.Join(", ", clients.Tally.Reasons.Take(3).Select(reason =>
            Text($"{reason.Count} × {reason.Reason.EscapeMarkup()}")));
        string shares = string.Join("   ", clients.Tally.PerServer.Select(pair =>
            Text($"{pair.Key} {pair.Value}")));
        string rate = Text($"[blue]{chart}[/] [bold]{seconds[^1]}[/] requests/s");
        string totals = Text($"{clients.Tally.Requests} requests   {failed}   [dim]{reasons}[/]");
        return new Markup(Text(
            $"{rate}   {totals}\n{shares}   {clients.Waiting} waiting"));
    }

    private Rows DrawHistory() =>
        new(_history.Last.Select(IRenderable (deed) => new Markup(Describe(deed))));

    private static string Describe(LabDeed deed)
    {
        double age = (MonotonicClock.Now - deed.At).TotalSeconds;
        string when = Text($"[dim]{age,5:0} s ago[/]  {deed.Sentence.EscapeMarkup()}");
        string gap = Text($"gap [bold]{deed.Gap.TotalMilliseconds:0.0} ms[/]");
        return Text($"{when}: {gap}, {deed.FailedRequests} failed requests");
    }

    private Rows DrawLog() => new(lab.Boxes.SelectMany(box => box.LastLines(LogLines)
        .Select(IRenderable (line) => new Markup(
            $"[dim]{box.Name.ToUpperInvariant()}: {line.EscapeMarkup()}[/]")
        {
            Overflow = Overflow.Ellipsis,
        })));

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

    private string Link(int box) => $"[link]{lab.DashboardAddress(box)}[/]";

    private static string Text(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}

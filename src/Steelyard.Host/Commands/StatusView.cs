using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Spectre.Console.Rendering;
using Spectre.Console;
using Steelyard.Core.Control;
using Steelyard.Core.Telemetry;

namespace Steelyard.Host.Commands;

/// <summary>A box's status as tables that fit 80 columns. Words say what colours say.</summary>
internal static class StatusView
{
    /// <summary>Columns whose numbers stand on the right.</summary>
    private static readonly string[] NumberTitles =
    [
        "VRID", "Priority", "Weight", "Act", "Inact", "Conns", "In", "Out",
        "Rx pkts", "Tx pkts", "Rx bytes", "Tx bytes", "Drops",
    ];

    public static IRenderable Render(BoxStatus status)
    {
        List<IRenderable> rows = [Headline(status)];
        rows.AddRange(status.Warnings.Select(
            sentence => new Text($"! {sentence}", new Style(Color.Yellow))));
        if (!status.VirtualRouters.IsEmpty)
        {
            rows.Add(Text.Empty);
            rows.Add(Routers(status));
        }

        if (!status.Services.IsEmpty)
        {
            rows.Add(Text.Empty);
            rows.Add(Services(status));
            rows.AddRange(status.Services.SelectMany(Troubles));
            rows.AddRange(status.Services.SelectMany(Strangers));
        }

        if (!status.Ports.IsEmpty)
        {
            rows.Add(Text.Empty);
            rows.Add(Ports(status));
            rows.AddRange(status.Ports.Where(port => !port.Drops.IsEmpty).Select(Drops));
        }

        rows.Add(Text.Empty);
        rows.Add(new Text(Panel(status.Panel)));
        rows.AddRange(HardwareView.Lines(status.Hardware).Select(line => new Text(line)));
        rows.Add(new Text(
            $"connections  {Count(status.Connections.Current)} now, "
            + $"{Count(status.Connections.Created)} made, "
            + $"{Count(status.Connections.Expired)} ended"));
        rows.AddRange(Incidents(status.Incidents));
        if (status.ControlLateness.WorstMs > 0)
        {
            rows.Add(Lateness(status.ControlLateness));
        }

        rows.Add(new Text(
            $"fast path    {status.FastPath.Mode}, {Count(status.FastPath.Flows)} flows"));
        return new Rows(rows);
    }

    /// <summary>A number in at most five places: 99999, 100k, 12.3M.</summary>
    internal static string Count(long number)
    {
        (double scaled, string unit) = number switch
        {
            < 100_000 => (number, string.Empty),
            < 1_000_000 => (number / 1e3, "k"),
            < 1_000_000_000 => (number / 1e6, "M"),
            < 1_000_000_000_000 => (number / 1e9, "G"),
            _ => (number / 1e12, "T"),
        };
        string format = unit.Length == 0 || scaled >= 100 ? "0" : "0.0";
        return scaled.ToString(format, CultureInfo.InvariantCulture) + unit;
    }

    /// <summary>A time in its two largest units: 12 s, 3 min 4 s, 2 d 5 h.</summary>
    internal static string Span(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return span switch
        {
            { TotalMinutes: < 1 } => $"{span.Seconds} s",
            { TotalHours: < 1 } => $"{span.Minutes} min {span.Seconds} s",
            { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes} min",
            _ => $"{span.Days} d {span.Hours} h",
        };
    }

    /// <summary>Why it cannot be used stands among the warnings.</summary>
    private static string Panel(PanelStatus panel) => panel.Missing.Length > 0
        ? "panel        missing"
        : $"panel        ready {panel.Ready} ({panel.ReadyMeans}), role {panel.Role} "
            + $"({panel.RoleMeans}), fault {panel.Fault} ({panel.FaultMeans})";

    private static Text Headline(BoxStatus status)
    {
        string twin = status.Twin switch
        {
            { Alive: true, Name: string name, Secured: true } =>
                $"twin {name} alive, authenticated",
            { Alive: true, Name: string name } => $"twin {name} alive",
            { Name.Length: > 0, Name: string name } => $"twin {name} silent",
            { Missed: true } => "no twin was ever heard",
            _ => "no twin",
        };
        string maintenance = status.Maintenance ? ", in maintenance" : string.Empty;
        return new(
            $"{ShownText.Of(status.Box)}, steelyard {status.Version}, up {Span(status.UptimeS)}, "
            + $"{twin}{maintenance}",
            new Style(decoration: Decoration.Bold));
    }

    private static Table Routers(BoxStatus status)
    {
        Table table = NewTable("Router", "State", "Since", "Addresses", "On", "VRID", "Priority");
        foreach (VirtualRouterStatus router in status.VirtualRouters)
        {
            table.AddRow(
                new Text(ShownText.Of(router.Name)),
                new Text(router.State, StyleOfState(router.State)),
                new Text(Span(router.Since)),
                new Text(string.Join('\n', router.Addresses)),
                new Text(router.Interface),
                Right(router.Vrid),
                Right(router.Priority));
        }

        return table;
    }

    private static Table Services(BoxStatus status)
    {
        Table table = NewTable(
            "Service", "Method", "Weight", "Health", "Act", "Inact", "Conns", "In", "Out");
        foreach (ServiceStatus service in status.Services)
        {
            string health = service.OnSorryServer ? "sorry" : service.Up ? "up" : "DOWN";
            table.AddRow(
                new Text(service.Service, new Style(decoration: Decoration.Bold)),
                new Text(service.Scheduler),
                Text.Empty,
                new Text(health, StyleOfHealth(health)),
                Right(service.RealServers.Sum(server => (long)server.Active)),
                Right(service.RealServers.Sum(server => (long)server.Inactive)),
                Right(service.RealServers.Sum(server => server.Connections)),
                Right(service.RealServers.Sum(server => server.InBytes)),
                Right(service.RealServers.Sum(server => server.OutBytes)));
            foreach (RealServerStatus server in service.RealServers)
            {
                string weight = server.Weight == server.EffectiveWeight
                    ? $"{server.Weight}"
                    : $"{server.Weight}>{server.EffectiveWeight}";
                table.AddRow(
                    new Text($"  {server.Address}"),
                    new Text(server.Method),
                    new Text(weight) { Justification = Justify.Right },
                    new Text(server.Health, StyleOfHealth(server.Health)),
                    Right(server.Active),
                    Right(server.Inactive),
                    Right(server.Connections),
                    Right(server.InBytes),
                    Right(server.OutBytes));
            }
        }

        return table;
    }

    private static IEnumerable<Text> Troubles(ServiceStatus service) => service.RealServers
        .Where(server => server.Detail.Length > 0)
        .Select(server => new Text(
            server.Detail.StartsWith(server.Address, StringComparison.Ordinal)
                ? $"! {service.Service}: {server.Detail}"
                : $"! {service.Service}: {server.Address}: {server.Detail}",
            StyleOfHealth(server.Health)));

    /// <summary>What commands made or changed: it lasts until the next reload.</summary>
    private static IEnumerable<Text> Strangers(ServiceStatus service)
    {
        Style style = new(Color.Yellow);
        if (Difference(service.Origin) is { } ofService)
        {
            yield return new Text($"* {service.Service}: {ofService}", style);
        }

        foreach (RealServerStatus server in service.RealServers)
        {
            if (Difference(server.Origin) is { } ofServer && service.Origin != "command")
            {
                yield return new Text($"* {service.Service}: {server.Address}: {ofServer}", style);
            }
        }
    }

    private static string? Difference(string origin) => origin switch
    {
        "command" => "not in the file",
        "edited" => "not as in the file",
        _ => null,
    };

    private static Table Ports(BoxStatus status)
    {
        Table table = NewTable(
            "Port", "Link", "Rx pkts", "Tx pkts", "Rx bytes", "Tx bytes", "Drops");
        foreach (PortStatus port in status.Ports)
        {
            table.AddRow(
                new Text(port.Name),
                new Text(port.Up ? "up" : "DOWN", StyleOfHealth(port.Up ? "up" : "DOWN")),
                Right(port.RxPackets),
                Right(port.TxPackets),
                Right(port.RxBytes),
                Right(port.TxBytes),
                Right(port.Drops.Values.Sum()));
        }

        return table;
    }

    /// <summary>How late the control loop was: what a MASTER of short adverts lives by.</summary>
    private static Text Lateness(LatenessCounts late)
    {
        IEnumerable<string> counts = late.Buckets.Where(bucket => bucket.Count > 0).Select(bucket =>
            $"{Count(bucket.Count)} {(bucket.UpToMs is null ? "later" : $"≤ {bucket.UpToMs} ms")}");
        return new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"control late {late.WorstMs} ms at worst: {string.Join(", ", counts)}"));
    }

    /// <summary>A line of each room of the engine that has met something.</summary>
    private static IEnumerable<Text> Incidents(IncidentCounts counts)
    {
        (string Title, (string Name, long Count)[] Counts)[] lines =
        [
            ("gave way     ",
            [
                ("half-open", counts.EvictedHalfOpen),
                ("with a handshake only", counts.EvictedHandshakeOnly),
                ("unanswered", counts.EvictedUnanswered),
                ("promises", counts.EvictedPromises),
            ]),
            ("no room      ",
            [
                ("refused", counts.ConnectionsRefused),
                ("for a service's share", counts.RefusedServiceShare),
                ("for a network's share", counts.RefusedSourceShare),
                ("thrown out", counts.ConnectionsThrownOut),
                ("Call-IDs not kept", counts.CallIdsNotKept),
                ("of masqueraded hosts refused", counts.HostsRefused),
            ]),
            ("fragments    ",
            [
                ("too late", counts.DatagramsTimedOut),
                ("gave way", counts.DatagramsEvicted),
                ("overlapping", counts.DatagramsOverlapping),
            ]),
            ("untold       ",
            [
                ("answers", counts.AnswersWithheld),
                ("events", counts.EventsLost),
                ("twin's connections skipped", counts.ConnectionsSkipped),
            ]),
        ];
        return lines
            .Where(line => line.Counts.Any(each => each.Count > 0))
            .Select(line => new Text(line.Title + string.Join(", ", line.Counts
                .Where(each => each.Count > 0)
                .Select(each => $"{Count(each.Count)} {each.Name}"))));
    }

    /// <summary>Why frames were dropped, the commonest reason first.</summary>
    private static Text Drops(PortStatus port) => new(
        $"dropped on {port.Name}: " + string.Join(", ", port.Drops
            .OrderByDescending(pair => pair.Value)
            .Select(pair => $"{pair.Key} {Count(pair.Value)}")));

    private static Table NewTable(params ReadOnlySpan<string> titles)
    {
        Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        foreach (string title in titles)
        {
            bool isNumber = Array.IndexOf(NumberTitles, title) >= 0;
            Justify side = isNumber ? Justify.Right : Justify.Left;
            Text shown = new(title, new Style(Color.Grey)) { Justification = side };
            table.AddColumn(new TableColumn(shown)
            {
                NoWrap = true,
                Padding = new Padding(0, 0, 1, 0),
            });
        }

        return table;
    }

    private static Text Right(long number) =>
        new(Count(number)) { Justification = Justify.Right };

    private static Style StyleOfState(string state) => new(state switch
    {
        "MASTER" => Color.Green,
        "BACKUP" => Color.Blue,
        _ => Color.Red,
    });

    private static Style StyleOfHealth(string health) => new(health switch
    {
        "up" => Color.Green,
        "DOWN" or "down" => Color.Red,
        _ => Color.Yellow,
    });
}

using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Control;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>The lab at one moment: all that its screen shows.</summary>
/// <param name="Pages">The boxes' dashboards.</param>
/// <param name="Folder">Where the control sockets are.</param>
/// <param name="Clients">Null until they ask.</param>
internal sealed record LabPicture(
    ImmutableArray<string> Pages,
    string Folder,
    ImmutableArray<BoxPicture> Boxes,
    ClientsPicture? Clients,
    ImmutableArray<LabDeed> Deeds,
    Instant Now)
{
    public static LabPicture Take(
        SteelyardLab lab, LabWarmUp warmUp, LabHistory history, Instant now) => new(
        [.. lab.Boxes.Select((_, index) => lab.DashboardAddress(index))],
        lab.Folder,
        [.. lab.Boxes.Select(BoxPicture.Take)],
        lab.Clients is LabClients clients
            ? ClientsPicture.Take(clients.Tally, warmUp.IsOver, now)
            : null,
        history.Last,
        now);
}

/// <param name="Status">Null while it is silent.</param>
/// <param name="Log">Its last lines, the newest last.</param>
internal sealed record BoxPicture(
    string Name,
    PanelLights Lights,
    bool ButtonIsDown,
    bool IsRunning,
    BoxStatus? Status,
    ImmutableArray<string> Log)
{
    private const int MostLogLines = 20;

    public static BoxPicture Take(LabBox box) => new(
        box.Name.ToUpperInvariant(),
        box.Panel.Lights,
        box.Panel.IsDown,
        box.IsRunning,
        box.IsRunning ? box.Status : null,
        box.LastLines(MostLogLines));
}

/// <param name="IsCounting">The warm-up is over.</param>
/// <param name="PerSecond">Answers in the last seconds, the newest last.</param>
/// <param name="FailedLately">Within the last half minute.</param>
/// <param name="Waiting">Requests that wait for long.</param>
internal sealed record ClientsPicture(
    bool IsCounting,
    ImmutableArray<int> PerSecond,
    long Requests,
    long Failed,
    int FailedLately,
    int Waiting,
    ImmutableArray<(string Reason, int Count)> Reasons,
    ImmutableSortedDictionary<string, long> PerServer)
{
    /// <summary>Seconds for which a failure is news.</summary>
    public const int News = 30;

    private const int ChartSeconds = 40;

    public static ClientsPicture Take(LabTally tally, bool isCounting, Instant now) => new(
        isCounting,
        tally.LastSeconds(ChartSeconds, now),
        tally.Requests,
        tally.Failed,
        tally.FailedSince(now - TimeSpan.FromSeconds(News)),
        tally.OpenBetween(Instant.Zero, now - LabHistory.Long),
        tally.Reasons,
        tally.PerServer);
}

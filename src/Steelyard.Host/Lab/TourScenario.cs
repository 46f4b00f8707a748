using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>
/// The tour, unattended: steady load, a planned failover by the button, kill -9 of the master, the
/// dead box's return, and a real server that stops and starts.
/// </summary>
/// <param name="tell">Told each step as a sentence.</param>
internal sealed class TourScenario(SteelyardLab lab, Action<string> tell)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan ChangePatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(3);

    // What a failover breaks shows within this time: a lost SYN is repeated after one second.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Press = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private static readonly string WebSuffix =
        string.Create(CultureInfo.InvariantCulture, $":{LabPlan.WebPort}");

    private readonly Instant _start = MonotonicClock.Now;
    private double? _detected;
    private (Instant From, Instant To)? _planned;
    private (Instant From, Instant To)? _crash;
    private (Instant From, Instant To)? _serverDown;

    public async Task<TourResult> PlayAsync(CancellationToken cancellation)
    {
        string? problem = null;
        try
        {
            await BeginAsync(cancellation);
            LabBox next = await PressButtonAsync(cancellation);
            await CrashAsync(next, cancellation);
            await StopServerAsync(lab.Servers[^1], cancellation);
        }
        catch (LabException failure)
        {
            problem = failure.Message;
        }

        if (lab.Clients is LabClients clients)
        {
            await clients.StopAsync();
        }

        return Sum(problem);
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        tell("the boxes agree on who serves");
        await UntilAsync(
            "exactly one box becomes MASTER, and the other BACKUP",
            StartPatience,
            () => Task.FromResult(lab.Master is not null && lab.Boxes.Any(box => box.IsBackup)),
            cancellation);
        await UntilAsync(
            "all real servers are up, and the twins hear each other",
            StartPatience,
            () => Task.FromResult(
                lab.Master is { AllServersAreUp: true } && lab.IsPair),
            cancellation);
        tell($"box {lab.Master?.Name} serves; 200 requests a second begin");
        lab.StartClients();
        await Task.Delay(Steady, cancellation);
        if (lab.Clients?.Tally is { Requests: var requests, Failed: var failed }
            && failed * 2 >= requests)
        {
            throw new LabException(
                $"clients get no answers: {failed} of {requests} requests failed");
        }
    }

    private async Task<LabBox> PressButtonAsync(CancellationToken cancellation)
    {
        LabBox master = MasterOrFail();
        LabBox other = lab.Boxes.Single(box => box != master);
        tell($"a finger presses the button of box {master.Name}");
        Instant press = MonotonicClock.Now;
        await master.Panel.PressAsync(Press, cancellation);
        await UntilAsync(
            $"box {other.Name} takes over after the press",
            ChangePatience,
            () => Task.FromResult(lab.Master == other),
            cancellation);
        await Task.Delay(Aftermath, cancellation);
        _planned = (press, MonotonicClock.Now);
        return other;
    }

    private async Task CrashAsync(LabBox master, CancellationToken cancellation)
    {
        LabBox other = lab.Boxes.Single(box => box != master);
        tell($"kill -9 of box {master.Name}, which serves");
        Instant crash = MonotonicClock.Now;
        master.Kill();
        await UntilAsync(
            $"box {other.Name} takes over after the crash",
            ChangePatience,
            () => Task.FromResult(lab.Master == other),
            cancellation);
        await Task.Delay(Aftermath, cancellation);
        _crash = (crash, MonotonicClock.Now);

        tell($"box {master.Name} returns");
        master.Start();
        await UntilAsync(
            $"box {master.Name} returns as BACKUP",
            StartPatience,
            () => Task.FromResult(master.IsBackup && lab.IsPair),
            cancellation);
        await Task.Delay(Steady, cancellation);
    }

    private async Task StopServerAsync(LabServer server, CancellationToken cancellation)
    {
        LabBox master = MasterOrFail();
        tell($"{server.Name} stops");
        Instant stop = MonotonicClock.Now;
        await server.StopAsync();
        await UntilAsync(
            $"box {master.Name} takes {server.Name} out",
            ChangePatience,
            async () => await master.AskAsync(cancellation) is BoxStatus now && !WebIsUp(now),
            cancellation);
        _detected = (MonotonicClock.Now - stop).TotalMilliseconds;
        await Task.Delay(Aftermath, cancellation);
        _serverDown = (stop, MonotonicClock.Now);

        tell($"{server.Name} starts");
        await server.StartAsync();
        await UntilAsync(
            $"box {master.Name} takes {server.Name} back",
            ChangePatience,
            async () => LabBox.SaysAllServersAreUp(await master.AskAsync(cancellation)),
            cancellation);
        await Task.Delay(Steady, cancellation);
    }

    private LabBox MasterOrFail() =>
        lab.Master ?? throw new LabException("there is not exactly one MASTER");

    /// <summary>
    /// Measured at the end: an answer may be on its way for long, and is one nevertheless.
    /// </summary>
    private double? Gap((Instant From, Instant To)? window) =>
        window is (Instant from, Instant to) && lab.Probes is ProbeStream probes
            ? Math.Round(probes.Meter.LongestGap(from, to).TotalMilliseconds, 2)
            : null;

    /// <summary>
    /// The clients' requests go to the web service; of the echo service only probes know.
    /// </summary>
    private static bool WebIsUp(BoxStatus status) => status.Services
        .Where(service => service.Service.EndsWith(WebSuffix, StringComparison.Ordinal))
        .All(service => service.RealServers.All(server => server.Health == "up"));

    private async Task UntilAsync(
        string hope, TimeSpan patience, Func<Task<bool>> isSo, CancellationToken cancellation)
    {
        Instant latest = MonotonicClock.Now + patience;
        while (!await isSo())
        {
            if (MonotonicClock.Now > latest)
            {
                throw new LabException(
                    $"waited {patience.TotalSeconds:0} s in vain until {hope}: {Situation()}");
            }

            await Task.Delay(Look, cancellation);
        }
    }

    /// <summary>How the boxes stand, for who must find out why.</summary>
    private string Situation() => string.Join("; ", lab.Boxes.Select(box =>
        $"box {box.Name} {(box.IsRunning ? "runs" : "is dead")}, "
        + (box.Status is BoxStatus status
            ? string.Join(
                " ", status.VirtualRouters.Select(router => $"{router.Name}={router.State}"))
                + $" twin={(status.Twin.Alive ? "alive" : "silent")}"
            : "and says nothing")));

    /// <summary>Counted at the end: a request may take long to fail.</summary>
    private static int? Failures(LabTally tally, (Instant From, Instant To)? window) =>
        window is (Instant from, Instant to) ? tally.FailedBetween(from - Before, to) : null;

    private TourResult Sum(string? problem)
    {
        LabTally tally = lab.Clients?.Tally ?? new LabTally();
        return new TourResult(
            tally.Requests,
            tally.Failed,
            tally.PerServer,
            Gap(_planned),
            Gap(_crash),
            Failures(tally, _planned),
            Failures(tally, _crash),
            _detected is double detected ? Math.Round(detected, 1) : null,
            Failures(tally, _serverDown),
            tally.Reasons.ToImmutableSortedDictionary(
                reason => reason.Reason, reason => reason.Count, StringComparer.Ordinal),
            LabPlan.AdvertisementInterval.TotalMilliseconds,
            LabPlan.CheckPeriod.TotalMilliseconds,
            Math.Round((MonotonicClock.Now - _start).TotalSeconds, 1),
            problem);
    }
}

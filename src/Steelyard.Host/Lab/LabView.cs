using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>The lab in a terminal: drawn ten times a second, played by keys.</summary>
internal sealed class LabView(SteelyardLab lab)
{
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(100);

    private readonly LabHistory _history = new();
    private readonly LabWarmUp _warmUp = new();

    public async Task RunAsync(CancellationToken cancellation)
    {
        LabKeys keys = new(lab, _history);
        await AnsiConsole.Live(Draw()).AutoClear(true).StartAsync(async live =>
        {
            while (!cancellation.IsCancellationRequested && ReadKeys(keys, cancellation))
            {
                Look();
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

    private void Look()
    {
        Instant now = MonotonicClock.Now;
        bool wasPlayedWith = _history.Last.Any();
        if (lab.Clients is null && (wasPlayedWith ? lab.Master is not null : lab.IsReady(now)))
        {
            lab.StartClients();
        }

        if (wasPlayedWith)
        {
            _warmUp.End(lab.Clients?.Tally);
        }

        if (lab is { Clients: LabClients clients, Probes: ProbeStream probes })
        {
            _warmUp.Look(clients.Tally, now);
            _history.Look(probes.Meter, clients.Tally, now);
        }
    }

    private FittedRows Draw() =>
        LabScreen.Draw(LabPicture.Take(lab, _warmUp, _history, MonotonicClock.Now));
}

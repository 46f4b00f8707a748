using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;

namespace Steelyard.Host.Appliance;

/// <summary>
/// Is the box as well as it was? Asked after an update, before the new root is kept: it passes
/// when the box answers, the routers take part, services and twin are as before, and the dashboard
/// answers, each as far as that was so before and is configured still, and when that holds: a
/// program that comes up well and falls over soon after is not well.
/// </summary>
/// <param name="before">
/// How the box was; none: it must answer, all its routers take part, and so must the dashboard.
/// </param>
/// <param name="askDashboard">Null when it answers, or why not.</param>
/// <param name="looks">How many looks in a row must find it well.</param>
/// <param name="say">Told each time that something else is missing.</param>
internal sealed class HealthGate(
    IBoxControl box,
    BeforeNote? before,
    Func<CancellationToken, Task<string?>> askDashboard,
    int looks,
    Action<string> say)
{
    /// <summary>Looks again after each pause, until the time is over.</summary>
    /// <param name="timeIsOver">Ends the looking, whether it was asked to stop or not.</param>
    /// <param name="stop">Whoever stops it hears no judgement.</param>
    /// <returns>Null when it is well; else why it is not, a sentence.</returns>
    public async Task<string?> PassAsync(
        Func<CancellationToken, Task> pause, CancellationToken timeIsOver, CancellationToken stop)
    {
        string? said = null;
        int wellLooks = 0;
        try
        {
            while (true)
            {
                string missing = string.Join("; ", await FindMissingAsync(timeIsOver));
                wellLooks = missing.Length == 0 ? wellLooks + 1 : 0;
                if (wellLooks >= looks)
                {
                    say("the box is well");
                    return null;
                }

                if (missing.Length > 0 && missing != said)
                {
                    say($"not well yet: {missing}");
                    said = missing;
                }

                await pause(timeIsOver);
            }
        }
        catch (OperationCanceledException) when (
            timeIsOver.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            string why = wellLooks > 0 ? "it was not well for long enough"
                : said ?? "it did not answer";
            string sentence = $"the box did not become well in time: {why}";
            say(sentence);
            return sentence;
        }
    }

    private async Task<IReadOnlyList<string>> FindMissingAsync(CancellationToken cancellation)
    {
        List<string> missing = [];
        try
        {
            AddLost(missing, await box.StatusAsync(cancellation));
        }
        catch (BoxException refusal)
        {
            if (before is not { Answered: false })
            {
                return [refusal.Message];
            }
        }

        if (before is not { DashboardAnswered: false }
            && await askDashboard(cancellation) is string silence)
        {
            missing.Add(silence);
        }

        return missing;
    }

    private void AddLost(List<string> missing, BoxStatus status)
    {
        ImmutableArray<string> atFault = before?.RoutersAtFault ?? [];
        missing.AddRange(
            from router in status.VirtualRouters
            where router.State is not ("MASTER" or "BACKUP") && !atFault.Contains(router.Name)
            select $"virtual router {router.Name} is {router.State}");
        if (before is null)
        {
            return;
        }

        // What the configuration no longer has need not be there.
        int wanted = Math.Min(before.ServicesUp.Length, status.Services.Length);
        string[] down =
            [.. status.Services.Where(service => !service.Up).Select(service => service.Service)];
        int up = status.Services.Length - down.Length;
        if (up < wanted)
        {
            missing.Add(
                $"{up} of the {wanted} services of before are up (not {string.Join(", ", down)})");
        }

        if (before.TwinAlive && status.Twin.Missed)
        {
            missing.Add("the twin is not heard, and was before");
        }
    }
}

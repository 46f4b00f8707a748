using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;

namespace Steelyard.Host.Appliance;

/// <summary>
/// Is the box as well as it was? Asked after an update, before the new root is kept: it passes
/// when the routers take part, services and twin are as before, and the dashboard answers, and
/// that holds: a program that comes up well and falls over soon after is not well.
/// </summary>
/// <param name="before">How the box was; none: it need only answer, and take part.</param>
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
    /// <summary>Looks again after each pause. False when the time is over.</summary>
    public async Task<bool> PassAsync(
        Func<CancellationToken, Task> pause, CancellationToken timeIsOver)
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
                    return true;
                }

                if (missing.Length > 0 && missing != said)
                {
                    say($"not well yet: {missing}");
                    said = missing;
                }

                await pause(timeIsOver);
            }
        }
        catch (OperationCanceledException) when (timeIsOver.IsCancellationRequested)
        {
            string why = wellLooks > 0 ? "it was not well for long enough"
                : said ?? "it did not answer";
            say($"the box did not become well in time: {why}");
            return false;
        }
    }

    private async Task<IReadOnlyList<string>> FindMissingAsync(CancellationToken cancellation)
    {
        BoxStatus status;
        try
        {
            status = await box.StatusAsync(cancellation);
        }
        catch (Exception refusal) when (refusal is NoBoxException or BoxRefusedException)
        {
            return [refusal.Message];
        }

        List<string> missing =
        [
            .. from router in status.VirtualRouters
               where router.State is not ("MASTER" or "BACKUP")
               select $"virtual router {router.Name} is {router.State}",
        ];
        if (before is not null)
        {
            AddLost(missing, before, status);
        }

        if (await askDashboard(cancellation) is string silence)
        {
            missing.Add(silence);
        }

        return missing;
    }

    private static void AddLost(List<string> missing, BeforeNote before, BoxStatus status)
    {
        string[] up =
            [.. status.Services.Where(service => service.Up).Select(service => service.Service)];
        if (up.Length < before.ServicesUp.Length)
        {
            string lost = string.Join(", ", before.ServicesUp.Except(up));
            missing.Add(
                $"{up.Length} of the {before.ServicesUp.Length} services of before are up "
                + $"(not {lost})");
        }

        if (before.TwinAlive && !status.Twin.Alive)
        {
            missing.Add("the twin is not heard, and was before");
        }
    }
}

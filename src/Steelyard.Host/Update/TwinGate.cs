using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;

namespace Steelyard.Host.Update;

/// <summary>
/// One box of a pair at a time: nothing goes down whose twin could not take over, and nothing that
/// is MASTER still.
/// </summary>
/// <param name="pause">Waits between two looks.</param>
internal sealed class TwinGate(IBoxControl box, Func<TimeSpan, CancellationToken, Task> pause)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>A handover takes milliseconds: ten seconds.</summary>
    private const int MostLooks = 100;

    /// <summary>A twin that restarts is back in a minute or two: five minutes.</summary>
    private const int MostLongLooks = 3000;

    private ImmutableArray<string> _held = [];

    /// <summary>Why no twin could take over; null when one can, or none need.</summary>
    public static string? FindObstacle(BoxStatus status) =>
        status.VirtualRouters.IsEmpty && status.Services.IsEmpty ? null
        : !status.Twin.Alive ? "no twin is heard"
        : !status.Twin.CanTakeOver
            ? $"the twin {status.Twin.Name} says that it cannot take over (it is in maintenance, "
                + "is starting after its own update, or an interface of it is down)"
        : null;

    /// <summary>Gives what this box holds to its twin, and waits until it is BACKUP.</summary>
    /// <exception cref="UpdateRefusedException">The twin did not take it.</exception>
    public async Task GiveAwayAsync(Action<string> say, CancellationToken cancellation)
    {
        BoxStatus status = await box.StatusAsync(cancellation);
        if (!HoldsAny(status))
        {
            return;
        }

        _held = [.. status.VirtualRouters.Where(IsMaster).Select(router => router.Name)];
        say($"the twin {status.Twin.Name} takes over");
        // What is begun is waited for, whoever wants to stop: else nobody knew what to take back.
        ControlAnswer answer =
            await box.FailoverAsync(null, force: false, CancellationToken.None);
        if (!answer.IsDone)
        {
            throw new UpdateRefusedException($"the twin did not take over: {answer.Sentence}");
        }

        for (int look = 0; look < MostLooks; look++)
        {
            if (!HoldsAny(await box.StatusAsync(CancellationToken.None)))
            {
                return;
            }

            await pause(Look, CancellationToken.None);
        }

        throw new UpdateRefusedException("the twin did not take over: this box is MASTER still");
    }

    /// <summary>As <see cref="GiveAwayAsync"/>, once the twin is able to: it may be away.</summary>
    /// <exception cref="UpdateRefusedException">It did not come back in time.</exception>
    public async Task GiveAwayPatientlyAsync(Action<string> say, CancellationToken cancellation)
    {
        for (int look = 0; look < MostLongLooks; look++)
        {
            if (FindObstacle(await box.StatusAsync(cancellation)) is not string obstacle)
            {
                await GiveAwayAsync(say, cancellation);
                return;
            }

            if (look == 0)
            {
                say($"{obstacle}: the restart waits for it");
            }

            await pause(Look, cancellation);
        }

        throw new UpdateRefusedException("the twin did not come back");
    }

    /// <summary>
    /// Asks the twin for what was given away here, and for nothing else: this box does not go
    /// down after all. When the twin keeps it, so it is, and it is said.
    /// </summary>
    public async Task TakeBackAsync(Action<string> say)
    {
        try
        {
            foreach (string router in _held)
            {
                if (await TakeBackAsync(router, say) is string refusal)
                {
                    say($"the twin keeps {router}: {refusal}");
                    return;
                }
            }
        }
        catch (BoxException refusal)
        {
            say($"nothing is taken back: {refusal.Message}");
        }
    }

    /// <summary>
    /// Null when this box is MASTER of it again, else why not. One at a time, for a group comes
    /// back whole, and a second wish for it would give it away again.
    /// </summary>
    private async Task<string?> TakeBackAsync(string router, Action<string> say)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            BoxStatus status = await box.StatusAsync(CancellationToken.None);
            if (status.VirtualRouters.Any(each => each.Name == router && IsMaster(each)))
            {
                return null;
            }

            if (look == 0)
            {
                say($"this box takes {router} back");
                ControlAnswer answer =
                    await box.FailoverAsync(router, force: false, CancellationToken.None);
                if (!answer.IsDone)
                {
                    return answer.Sentence;
                }
            }

            await pause(Look, CancellationToken.None);
        }

        return "this box is not MASTER yet";
    }

    private static bool HoldsAny(BoxStatus status) => status.VirtualRouters.Any(IsMaster);

    private static bool IsMaster(VirtualRouterStatus router) => router.State == "MASTER";
}

using System;
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

        say($"the twin {status.Twin.Name} takes over");
        ControlAnswer answer = await box.FailoverAsync(null, force: false, cancellation);
        if (!answer.IsDone)
        {
            throw new UpdateRefusedException($"the twin did not take over: {answer.Sentence}");
        }

        for (int look = 0; look < MostLooks; look++)
        {
            if (!HoldsAny(await box.StatusAsync(cancellation)))
            {
                return;
            }

            await pause(Look, cancellation);
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

        throw new UpdateRefusedException(
            "the new root is written, but the twin did not come back: restart this box when it "
            + "has, with 'systemctl reboot'");
    }

    private static bool HoldsAny(BoxStatus status) =>
        status.VirtualRouters.Any(router => router.State == "MASTER");
}

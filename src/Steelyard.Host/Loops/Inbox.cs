using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Core.Time;

namespace Steelyard.Host.Loops;

/// <summary>
/// What other threads ask of the control loop: each wish runs on its thread, between two turns.
/// Bounded; a full inbox refuses, and the asker is told.
/// </summary>
internal sealed class Inbox(Action wake)
{
    /// <summary>
    /// Far more than people and probes ask at once; a loop that hangs is noticed soon.
    /// </summary>
    private const int Capacity = 4096;

    /// <summary>Adverts and deadlines come in between.</summary>
    private const int WishesPerTurn = 128;

    private readonly ConcurrentQueue<Action<Controller, Instant>> _wishes = new();

    public bool IsEmpty => _wishes.IsEmpty;

    /// <summary>Asks without waiting for an answer; false when the inbox is full.</summary>
    public bool TryPost(Action<Controller, Instant> wish)
    {
        if (_wishes.Count >= Capacity)
        {
            return false;
        }

        _wishes.Enqueue(wish);
        wake();
        return true;
    }

    /// <summary>Asks, and gives the answer.</summary>
    public Task<T> AskAsync<T>(
        Func<Controller, Instant, T> question, CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = TryPost((controller, now) =>
        {
            try
            {
                _ = answer.TrySetResult(question(controller, now));
            }
#pragma warning disable CA1031 // The asker gets it, whatever it is.
            catch (Exception mistake)
#pragma warning restore CA1031
            {
                _ = answer.TrySetException(mistake);
            }
        });
        if (!posted)
        {
            answer.SetException(new InvalidOperationException("the control loop is overloaded"));
        }

        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The control loop's side: a share of what waits.</summary>
    public void Drain(Controller controller, Instant now)
    {
        for (int taken = 0; taken < WishesPerTurn; taken++)
        {
            if (!_wishes.TryDequeue(out Action<Controller, Instant>? wish))
            {
                return;
            }

            wish(controller, now);
        }
    }
}

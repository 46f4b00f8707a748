using System;
using System.Collections.Generic;
using Steelyard.Core.Time;

namespace Steelyard.Simulation;

/// <summary>
/// Virtual time: what shall happen, in order. Things of the same instant happen in the order in
/// which they were planned, so that a run is the same on every machine.
/// </summary>
public sealed class Agenda
{
    private readonly PriorityQueue<Action, (long Nanoseconds, long Order)> _plan = new(1024);
    private long _order;

    public Instant Now { get; private set; } = Instant.Zero;

    /// <summary>Events that have happened.</summary>
    public long Happened { get; private set; }

    public void At(Instant at, Action action)
    {
        long nanoseconds = Math.Max(at.Nanoseconds, Now.Nanoseconds);
        _plan.Enqueue(action, (nanoseconds, _order++));
    }

    public void After(TimeSpan span, Action action) => At(Now + span, action);

    public void RunUntil(Instant end)
    {
        while (_plan.TryPeek(out Action? action, out (long Nanoseconds, long Order) at)
            && at.Nanoseconds <= end.Nanoseconds)
        {
            _ = _plan.Dequeue();
            Now = new Instant(at.Nanoseconds);
            Happened++;
            action();
        }

        Now = end;
    }
}

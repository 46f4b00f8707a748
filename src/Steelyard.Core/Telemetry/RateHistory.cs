using System;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// The last rounds' totals, oldest first, so that whoever looks for the first time sees a curve
/// and not a dot.
/// </summary>
public sealed class RateHistory
{
    private readonly TrafficRates[] _slots;
    private long _written;

    /// <param name="capacity">How many rounds are kept.</param>
    public RateHistory(int capacity)
    {
        Invariant.Holds(capacity > 0, "a history holds at least one round");
        _slots = new TrafficRates[capacity];
    }

    public int Count => (int)Math.Min(_written, _slots.Length);

    /// <summary>A round by age: 0 is the oldest that is kept.</summary>
    public TrafficRates this[int index]
    {
        get
        {
            Invariant.Holds(index >= 0 && index < Count, "the round is in the history");
            return _slots[(int)((_written - Count + index) % _slots.Length)];
        }
    }

    public void Add(in TrafficRates rates)
    {
        _slots[(int)(_written % _slots.Length)] = rates;
        _written++;
    }
}

using System;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Telemetry;

/// <summary>The last events, for newcomers. When it is full, the oldest makes room.</summary>
public sealed class EventRing
{
    private readonly StampedEvent[] _slots;
    private long _written;

    /// <param name="capacity">How many events are kept.</param>
    public EventRing(int capacity)
    {
        Invariant.Holds(capacity > 0, "an event ring holds at least one event");
        _slots = new StampedEvent[capacity];
    }

    public int Count => (int)Math.Min(_written, _slots.Length);

    /// <summary>Events that made room for later ones.</summary>
    public long Dropped => _written - Count;

    /// <summary>An event by age: 0 is the oldest that is kept.</summary>
    public StampedEvent this[int index]
    {
        get
        {
            Invariant.Holds(index >= 0 && index < Count, "the event is in the ring");
            return _slots[(int)((_written - Count + index) % _slots.Length)];
        }
    }

    public StampedEvent Add(BoxEvent happening, DateTimeOffset at)
    {
        StampedEvent stamped = new(_written + 1, at, happening);
        _slots[(int)(_written % _slots.Length)] = stamped;
        _written++;
        return stamped;
    }
}

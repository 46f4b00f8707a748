using System.Threading;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Queues;

/// <summary>
/// A bounded queue from one thread to one other, without locks. When it is full, the newcomer is
/// refused and counted; the writer decides what that means.
/// </summary>
public sealed class Handoff<T>
{
    private readonly T[] _slots;
    private readonly int _mask;
    private long _written;
    private long _read;
    private long _refused;

    /// <param name="capacity">How many items fit; a power of two.</param>
    public Handoff(int capacity)
    {
        Invariant.Holds(
            capacity > 0 && (capacity & (capacity - 1)) == 0, "capacity is a power of two");
        _slots = new T[capacity];
        _mask = capacity - 1;
    }

    /// <summary>Items that were refused because the queue was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public int Capacity => _slots.Length;

    /// <summary>Items that wait; a moment later there may be more, or fewer.</summary>
    public long Count => Volatile.Read(ref _written) - Volatile.Read(ref _read);

    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    /// <summary>Writer's side.</summary>
    public bool TryPut(in T item)
    {
        if (!TryReserve())
        {
            return false;
        }

        Reserved = item;
        Publish();
        return true;
    }

    /// <summary>
    /// Writer's side: there is room in <see cref="Reserved"/>, to be filled in place and then given
    /// over by <see cref="Publish"/>. A large item is so written but once.
    /// </summary>
    public bool TryReserve()
    {
        bool hasRoom = _written - Volatile.Read(ref _read) < _slots.Length;
        _refused += hasRoom ? 0 : 1;
        return hasRoom;
    }

    /// <summary>Writer's side: where the next item goes; only after a reservation.</summary>
    public ref T Reserved => ref _slots[(int)(_written & _mask)];

    /// <summary>Writer's side: what was reserved is the reader's.</summary>
    public void Publish() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Reader's side.</summary>
    public bool TryTake(out T item)
    {
        long read = _read;
        if (read == Volatile.Read(ref _written))
        {
            item = default!;
            return false;
        }

        ref T slot = ref _slots[(int)(read & _mask)];
        item = slot;
        slot = default!;
        Volatile.Write(ref _read, read + 1);
        return true;
    }
}

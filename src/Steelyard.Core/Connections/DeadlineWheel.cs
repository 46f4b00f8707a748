using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.Connections;

/// <summary>
/// Which connection's time is up. A ring of slots, each a list of the connections to look at in
/// one span of time. A packet only moves a connection's deadline; the list learns of it when the
/// slot comes up and the connection is filed anew. The twin's copy knows nothing of packets, so a
/// connection is also looked at half a timeout before that copy ends.
/// </summary>
/// <remarks>Rule: a connection is never filed later than its deadline's slot.</remarks>
internal sealed class DeadlineWheel
{
    // A tick is 2^23 ns = 8.4 ms: 32 bits then last for 417 days, and what is compared is never
    // further apart than the longest timeout (31 days), so that wrapping does no harm.
    private const int TickShift = 23;

    // A slot is 16 ticks = 134 ms: connections end at most that much late.
    private const int SlotShift = 4;
    private const uint SlotTicks = 1u << SlotShift;

    // 8,192 slots = 1,100 s: ESTABLISHED (900 s) fits; longer deadlines are filed more than once.
    private const int SlotCount = 8192;
    private const int HorizonTicks = (SlotCount - 1) << SlotShift;
    private const int Nothing = -1;

    private readonly ConnectionStore _store;
    private readonly Timeouts _timeouts;
    private readonly int[] _heads = new int[SlotCount];
    private int _count;

    /// <summary>Start of the slot that comes up next, in ticks.</summary>
    private uint _upcoming;

    public DeadlineWheel(ConnectionStore store, Timeouts timeouts)
    {
        _store = store;
        _timeouts = timeouts;
        Array.Fill(_heads, Nothing);
    }

    /// <summary>The first tick that is not before <paramref name="at"/>.</summary>
    public static uint TickOf(Instant at) =>
        unchecked((uint)((at.Nanoseconds + (1L << TickShift) - 1) >> TickShift));

    /// <summary>A span in ticks.</summary>
    public static uint TicksOf(TimeSpan span) => TickOf(Instant.Zero + span);

    /// <summary>How long after <paramref name="now"/> a tick comes; zero when it is past.</summary>
    public static TimeSpan Until(uint tick, Instant now)
    {
        long ticks = int.Max(unchecked((int)(tick - TickOf(now))), 0);
        return new Instant(ticks << TickShift) - Instant.Zero;
    }

    public static bool IsBefore(uint tick, uint other) => unchecked((int)(tick - other)) < 0;

    /// <summary>
    /// The twin's copy of a connection ends within half a timeout, and its own deadline is later.
    /// Asked at each packet and at each look, so that no packet in between is missed.
    /// </summary>
    public bool IsNewsDue(int handle, Instant now)
    {
        ref readonly Connection connection = ref _store[handle];
        return IsBefore(connection.TwinsDeadline, connection.Deadline)
            && !IsBefore(
                unchecked(TickOf(now) + HalfTimeout(handle)), connection.TwinsDeadline);
    }

    /// <summary>Gives a connection another deadline; it is filed anew only if it must be.</summary>
    public void Move(int handle, uint deadline, Instant now)
    {
        if (IsBefore(deadline, _store[handle].Deadline))
        {
            Refile(handle, deadline, now);
        }
        else
        {
            _store[handle].Deadline = deadline;
        }
    }

    public void Refile(int handle, uint deadline, Instant now)
    {
        Unfile(handle);
        _store[handle].Deadline = deadline;
        File(handle, now);
    }

    /// <summary>Files a connection by when to look at it next.</summary>
    public void File(int handle, Instant now)
    {
        if (_count == 0)
        {
            _upcoming = TickOf(now) & ~(SlotTicks - 1);
        }

        ref Connection connection = ref _store[handle];
        uint look = NextLook(handle, TickOf(now));
        uint slotStart = unchecked((look & ~(SlotTicks - 1)) + SlotTicks);
        int ahead = unchecked((int)(slotStart - _upcoming));
        slotStart = unchecked(_upcoming + (uint)int.Clamp(ahead, 0, HorizonTicks));
        int slot = SlotOf(slotStart);

        int head = _heads[slot];
        connection.NextInSlot = head;
        connection.PreviousInSlot = ~slot;
        if (head != Nothing)
        {
            _store[head].PreviousInSlot = handle;
        }

        _heads[slot] = handle;
        _count++;
    }

    public void Unfile(int handle)
    {
        ref Connection connection = ref _store[handle];
        int next = connection.NextInSlot;
        int previous = connection.PreviousInSlot;
        if (previous < 0)
        {
            _heads[~previous] = next;
        }
        else
        {
            _store[previous].NextInSlot = next;
        }

        if (next != Nothing)
        {
            _store[next].PreviousInSlot = previous;
        }

        _count--;
    }

    /// <summary>
    /// Takes out a connection whose deadline is past, or which the twin should hear of; -1 when
    /// there is none, or no budget.
    /// </summary>
    /// <param name="budget">How many connections and slots may still be looked at.</param>
    /// <param name="hasEnded">Its deadline is past; else it is to be filed again.</param>
    public int TakeDue(Instant now, ref int budget, out bool hasEnded)
    {
        hasEnded = false;
        uint nowTick = TickOf(now);
        while (budget > 0 && _count > 0 && !IsBefore(nowTick, _upcoming))
        {
            budget--;
            int handle = _heads[SlotOf(_upcoming)];
            if (handle == Nothing)
            {
                _upcoming = unchecked(_upcoming + SlotTicks);
                continue;
            }

            Unfile(handle);
            hasEnded = !IsBefore(nowTick, _store[handle].Deadline);
            if (hasEnded || IsNewsDue(handle, now))
            {
                return handle;
            }

            File(handle, now);
        }

        return Nothing;
    }

    private uint NextLook(int handle, uint nowTick)
    {
        ref readonly Connection connection = ref _store[handle];
        uint half = HalfTimeout(handle);
        uint ofTwin = unchecked(connection.TwinsDeadline - half);
        uint ofOwn = unchecked(connection.Deadline - half);
        if (IsBefore(nowTick, ofTwin) && IsBefore(ofTwin, ofOwn))
        {
            return ofTwin;
        }

        return IsBefore(nowTick, ofOwn) ? ofOwn : connection.Deadline;
    }

    private uint HalfTimeout(int handle)
    {
        uint own = (_store[handle].Flags & ConnectionFlags.Tied) != 0 || _store[handle].IsTemplate
            ? _store.Rest(handle).FixedTimeout
            : 0;
        return own != 0 ? own / 2 : TicksOf(_timeouts[_store[handle].CurrentState]) / 2;
    }

    private static int SlotOf(uint tick) => (int)(tick >> SlotShift) & (SlotCount - 1);
}

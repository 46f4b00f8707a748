using System;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Copies of frames that wait for a station address, in pinned slots. A slot whose frame was sent
/// is free again only after the flush, since the port may still read it.
/// </summary>
internal sealed class WaitingFrames
{
    public const int Nothing = -1;

    /// <summary>The largest frame that waits; a super-frame does not.</summary>
    public const int SlotLength = 2048;

    private readonly byte[] _octets;
    private readonly Slot[] _slots;
    private int _free;
    private int _sent = Nothing;

    public WaitingFrames(int capacity)
    {
        _octets = GC.AllocateUninitializedArray<byte>(capacity * SlotLength, pinned: true);
        _slots = new Slot[capacity];
        for (int slot = 0; slot < capacity; slot++)
        {
            _slots[slot].Next = slot + 1 < capacity ? slot + 1 : Nothing;
        }

        _free = capacity > 0 ? 0 : Nothing;
    }

    /// <summary>
    /// Copies a frame into a slot; -1 when none is free or the frame is too large.
    /// </summary>
    public int Add(
        ReadOnlySpan<byte> frame,
        in FrameOffload offload,
        ForwardingCounters from,
        bool isMade)
    {
        if (_free == Nothing || frame.Length > SlotLength)
        {
            return Nothing;
        }

        int slot = _free;
        _free = _slots[slot].Next;
        frame.CopyTo(_octets.AsSpan(slot * SlotLength));
        _slots[slot] = new()
        {
            Next = Nothing,
            Length = frame.Length,
            Offload = offload,
            From = from,
            IsMade = isMade,
        };
        return slot;
    }

    public Span<byte> Frame(int slot) =>
        _octets.AsSpan(slot * SlotLength, _slots[slot].Length);

    public ref readonly FrameOffload Offload(int slot) => ref _slots[slot].Offload;

    /// <summary>The counters of the port where the frame came in.</summary>
    public ForwardingCounters From(int slot) => _slots[slot].From!;

    /// <summary>A fragment that the engine made, not a frame that came in.</summary>
    public bool IsMade(int slot) => _slots[slot].IsMade;

    public int Next(int slot) => _slots[slot].Next;

    public void Link(int slot, int next) => _slots[slot].Next = next;

    /// <summary>The frame was dropped: the slot is free at once.</summary>
    public void Discard(int slot)
    {
        _slots[slot].Next = _free;
        _free = slot;
    }

    /// <summary>The frame was given to a port: the slot is free after the next flush.</summary>
    public void MarkSent(int slot)
    {
        _slots[slot].Next = _sent;
        _sent = slot;
    }

    /// <summary>The ports have been flushed.</summary>
    public void FreeSent()
    {
        while (_sent != Nothing)
        {
            int slot = _sent;
            _sent = _slots[slot].Next;
            Discard(slot);
        }
    }

    private struct Slot
    {
        public int Next;
        public int Length;
        public FrameOffload Offload;
        public ForwardingCounters? From;
        public bool IsMade;
    }
}

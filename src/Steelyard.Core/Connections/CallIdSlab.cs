using System;
using System.Threading;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Connections;

/// <summary>
/// The Call-IDs that templates are for, by small numbers. One thread adds and removes; others may
/// read what a <see cref="CallIdText"/> leads to, and find nothing when it has gone meanwhile.
/// </summary>
internal sealed class CallIdSlab
{
    // 16,384 templates are 54 new calls a second with a persistence of 300 s; 4 MiB.
    private const int Capacity = 1 << 14;
    private const int Nothing = -1;

    // A slot is the length and then the octets.
    private const int SlotLength = 1 + CallIdText.MaximumLength;

    private byte[] _octets = [];
    private uint[] _versions = [];
    private ushort[] _free = [];
    private int _freeCount;
    private int _limit;

    /// <summary>Whether another one fits.</summary>
    public bool HasRoom => _freeCount > 0 || _limit < _versions.Length;

    /// <summary>
    /// Takes the memory, once: most boxes never balance SIP. Nothing fits before.
    /// </summary>
    public void Allocate()
    {
        if (_octets.Length == 0)
        {
            _octets = GC.AllocateUninitializedArray<byte>(Capacity * SlotLength);
            _versions = new uint[Capacity];
            _free = new ushort[Capacity];
        }
    }

    /// <returns>Its number; -1 when there is no room.</returns>
    public int Add(ReadOnlySpan<byte> callId)
    {
        Invariant.Holds(
            callId.Length is > 0 and <= CallIdText.MaximumLength, "a Call-ID fits its slot");
        if (!HasRoom)
        {
            return Nothing;
        }

        int slot = _freeCount > 0 ? _free[--_freeCount] : _limit++;

        // Who reads the old octets must learn of it: their version ended before they do.
        Volatile.WriteBarrier();
        Span<byte> octets = SlotOf(slot);
        octets[0] = (byte)callId.Length;
        callId.CopyTo(octets[1..]);
        return slot;
    }

    public void Remove(int slot)
    {
        Volatile.Write(ref _versions[slot], unchecked(_versions[slot] + 1));
        _free[_freeCount++] = (ushort)slot;
    }

    /// <summary>For the thread that adds and removes.</summary>
    public ReadOnlySpan<byte> this[int slot] => SlotOf(slot).Slice(1, SlotOf(slot)[0]);

    /// <summary>What another thread may keep.</summary>
    public CallIdText TextOf(int slot) => new(this, slot, _versions[slot]);

    /// <returns>Octets copied; 0 when they have gone.</returns>
    public int CopyTo(Span<byte> octets, int slot, uint version)
    {
        if (Volatile.Read(ref _versions[slot]) != version)
        {
            return 0;
        }

        ReadOnlySpan<byte> own = SlotOf(slot);
        int length = own[0];
        own.Slice(1, length).CopyTo(octets);
        Volatile.ReadBarrier();
        return Volatile.Read(ref _versions[slot]) == version ? length : 0;
    }

    private Span<byte> SlotOf(int slot) => _octets.AsSpan(slot * SlotLength, SlotLength);
}

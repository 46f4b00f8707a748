using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A message of the Linux kernel's connection sync protocol, version 1: a header of eight bytes
/// and up to 255 entries, each padded to four bytes. After <see cref="TryParse"/> every entry is
/// known to be well-formed; a message with one bad entry is refused whole.
/// </summary>
public readonly ref struct SyncMessage
{
    public const int HeaderLength = 8;

    /// <summary>Largest count of entries in one message.</summary>
    public const int MaximumCount = byte.MaxValue;

    private const int ReservedOffset = 0;
    private const int SyncIdOffset = 1;
    private const int SizeOffset = 2;
    private const int CountOffset = 4;
    private const int VersionOffset = 5;
    private const int SpareOffset = 6;
    private const byte ProtocolVersion = 1;
    private const int Alignment = 4;

    private readonly ReadOnlySpan<byte> _octets;

    private SyncMessage(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte SyncId => _octets[SyncIdOffset];

    /// <summary>How many entries it has.</summary>
    public int Count => _octets[CountOffset];

    /// <param name="syncId">Ours; 0 takes messages of every id.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> datagram, byte syncId, out SyncMessage message, out SyncFault fault)
    {
        message = default;
        fault = FindFault(datagram, syncId);
        if (fault == SyncFault.None)
        {
            message = new(datagram);
        }

        return fault == SyncFault.None;
    }

    /// <summary>Begins a message and returns where its first entry goes.</summary>
    public static int Begin(Span<byte> datagram, byte syncId)
    {
        datagram[..HeaderLength].Clear();
        datagram[SyncIdOffset] = syncId;
        datagram[VersionOffset] = ProtocolVersion;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[SizeOffset..], HeaderLength);
        return HeaderLength;
    }

    /// <summary>Appends an entry unless the message is full, and keeps the header true.</summary>
    /// <param name="length">The message's length so far; grows by the entry's.</param>
    public static bool TryAppend(Span<byte> datagram, ref int length, in SyncEntry entry)
    {
        int grown = length + entry.Length;
        if (grown > datagram.Length || datagram[CountOffset] == MaximumCount)
        {
            return false;
        }

        entry.Write(datagram[length..]);
        length = grown;
        datagram[CountOffset]++;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[SizeOffset..], (ushort)length);
        return true;
    }

    public Enumerator GetEnumerator() => new(_octets);

    private static SyncFault FindFault(ReadOnlySpan<byte> datagram, byte syncId)
    {
        if (datagram.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[SizeOffset..]) != datagram.Length)
        {
            return SyncFault.Truncated;
        }

        if (datagram[ReservedOffset] != 0
            || datagram[VersionOffset] != ProtocolVersion
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[SpareOffset..]) != 0)
        {
            return SyncFault.UnknownVersion;
        }

        if (syncId != 0 && datagram[SyncIdOffset] != syncId)
        {
            return SyncFault.OtherSyncId;
        }

        int offset = HeaderLength;
        for (int index = 0; index < datagram[CountOffset]; index++)
        {
            if (offset > datagram.Length)
            {
                return SyncFault.Truncated;
            }

            SyncFault fault = SyncEntry.TryRead(datagram[offset..], out _, out int size);
            if (fault != SyncFault.None)
            {
                return fault;
            }

            offset += Padded(size);
        }

        return SyncFault.None;
    }

    private static int Padded(int size) => (size + Alignment - 1) & ~(Alignment - 1);

    /// <summary>Walks the entries of a message that was found well-formed.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _octets;
        private int _offset;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> octets)
        {
            _octets = octets;
            _offset = HeaderLength;
            _left = octets.IsEmpty ? 0 : octets[CountOffset];
            Current = default;
        }

        public SyncEntry Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _ = SyncEntry.TryRead(_octets[_offset..], out SyncEntry entry, out int size);
            Current = entry;
            _offset += Padded(size);
            _left--;
            return true;
        }
    }
}

using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// A message of the Linux kernel's connection sync protocol, version 1: a header of eight bytes
/// and up to 255 entries, each but the last padded to four bytes. After <see cref="TryParse"/>
/// every entry is known to be well-formed; a message with one bad entry is refused whole.
/// </summary>
/// <remarks>
/// The old version 0 is read too. Its header is the count, the sync id, the size and nothing more;
/// a message of version 1 looks to it as one without entries.
/// </remarks>
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

    private const int OldCountOffset = 0;
    private const int OldHeaderLength = 4;

    private readonly ReadOnlySpan<byte> _octets;

    private SyncMessage(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte SyncId => _octets[SyncIdOffset];

    /// <summary>How many entries it has.</summary>
    public int Count => IsOld(_octets) ? _octets[OldCountOffset] : _octets[CountOffset];

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
    /// <param name="engine">What a persistence engine knows of it; the Call-ID of SIP.</param>
    public static bool TryAppend(
        Span<byte> datagram, ref int length, in SyncEntry entry, SyncEngine engine = default)
    {
        int start = Padded(length);
        int grown = start + entry.LengthWith(engine);
        if (grown > datagram.Length || datagram[CountOffset] == MaximumCount)
        {
            return false;
        }

        datagram[length..start].Clear();
        entry.Write(datagram[start..], engine);
        length = grown;
        datagram[CountOffset]++;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[SizeOffset..], (ushort)length);
        return true;
    }

    public Enumerator GetEnumerator() => new(_octets);

    private static SyncFault FindFault(ReadOnlySpan<byte> datagram, byte syncId)
    {
        if (datagram.Length < OldHeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[SizeOffset..]) != datagram.Length)
        {
            return SyncFault.Truncated;
        }

        bool isOld = IsOld(datagram);
        if (!isOld && datagram.Length < HeaderLength)
        {
            return SyncFault.Truncated;
        }

        if (!isOld && (datagram[VersionOffset] != ProtocolVersion
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[SpareOffset..]) != 0))
        {
            return SyncFault.UnknownVersion;
        }

        if (syncId != 0 && datagram[SyncIdOffset] != syncId)
        {
            return SyncFault.OtherSyncId;
        }

        return FindFaultOfEntries(datagram, isOld);
    }

    private static SyncFault FindFaultOfEntries(ReadOnlySpan<byte> datagram, bool isOld)
    {
        int offset = isOld ? OldHeaderLength : HeaderLength;
        int count = datagram[isOld ? OldCountOffset : CountOffset];
        for (int index = 0; index < count; index++)
        {
            if (offset > datagram.Length)
            {
                return SyncFault.Truncated;
            }

            SyncFault fault = TryRead(datagram[offset..], isOld, out _, out _, out int size);
            if (fault != SyncFault.None)
            {
                return fault;
            }

            offset += Padded(size);
        }

        return SyncFault.None;
    }

    private static SyncFault TryRead(
        ReadOnlySpan<byte> octets,
        bool isOld,
        out SyncEntry entry,
        out SyncEngine engine,
        out int size)
    {
        if (!isOld)
        {
            return SyncEntry.TryRead(octets, out entry, out engine, out size);
        }

        engine = default;
        return OldSyncEntry.TryRead(octets, out entry, out size);
    }

    private static bool IsOld(ReadOnlySpan<byte> datagram) => datagram[ReservedOffset] != 0;

    private static int Padded(int size) => (size + Alignment - 1) & ~(Alignment - 1);

    /// <summary>Walks the entries of a message that was found well-formed.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _octets;
        private readonly bool _isOld;
        private int _offset;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> octets)
        {
            _octets = octets;
            _isOld = !octets.IsEmpty && IsOld(octets);
            _offset = _isOld ? OldHeaderLength : HeaderLength;
            _left = octets.IsEmpty ? 0 : octets[_isOld ? OldCountOffset : CountOffset];
        }

        public SyncEntry Current { get; private set; }

        /// <summary>What a persistence engine knows of the current one.</summary>
        public SyncEngine Engine { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _ = TryRead(
                _octets[_offset..],
                _isOld,
                out SyncEntry entry,
                out SyncEngine engine,
                out int size);
            Current = entry;
            Engine = engine;
            _offset += Padded(size);
            _left--;
            return true;
        }
    }
}

using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// The options behind the fields of an entry: a type, a length of at least 1, so many octets. The
/// kernel knows three. Ours carry the bit that lets it pass over them, and numbers that are none
/// of its own without that bit.
/// </summary>
internal static class SyncOptions
{
    private const byte IgnorableBit = 0x40;
    private const byte SequenceShifts = 1;
    private const byte EngineData = 2;
    private const byte EngineName = 3;

    /// <summary>Full NAT, whom the server sees as the client: port, address.</summary>
    private const byte LocalEnd = 0x60;

    /// <summary>The client's port of the FTP session that announced the connection.</summary>
    private const byte ControlPort = 0x61;

    /// <summary>Call-ID of the template that made the connection.</summary>
    private const byte MakersCallId = 0x62;

    private const int HeaderLength = 2;
    private const int ShiftLength = 12;
    private const int PortLength = 2;

    /// <summary>Octets that <see cref="Write"/> writes.</summary>
    public static int LengthOf(in SyncEntry entry, SyncEngine engine)
    {
        int length = entry.HasShifts ? HeaderLength + (2 * ShiftLength) : 0;
        length += entry.Local.Address.IsNone ? 0 : HeaderLength + LocalLength(entry);
        length += entry.ControlPort == 0 ? 0 : HeaderLength + PortLength;
        if (engine.IsNone)
        {
            return length;
        }

        length += HeaderLength + engine.Data.Length;
        return entry.IsTemplate ? length + HeaderLength + engine.Name.Length : length;
    }

    public static void Write(Span<byte> octets, in SyncEntry entry, SyncEngine engine)
    {
        if (entry.HasShifts)
        {
            Span<byte> shifts = Begin(ref octets, SequenceShifts, 2 * ShiftLength);
            WriteShift(shifts, entry.Shifts.FromClient);
            WriteShift(shifts[ShiftLength..], entry.Shifts.FromServer);
        }

        if (!engine.IsNone)
        {
            byte type = entry.IsTemplate ? EngineData : MakersCallId;
            engine.Data.CopyTo(Begin(ref octets, type, engine.Data.Length));
            if (entry.IsTemplate)
            {
                engine.Name.CopyTo(Begin(ref octets, EngineName, engine.Name.Length));
            }
        }

        if (!entry.Local.Address.IsNone)
        {
            Span<byte> local = Begin(ref octets, LocalEnd, LocalLength(entry));
            BinaryPrimitives.WriteUInt16BigEndian(local, entry.Local.Port);
            _ = entry.Local.Address.Write(local[PortLength..]);
        }

        if (entry.ControlPort != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(
                Begin(ref octets, ControlPort, PortLength), entry.ControlPort);
        }
    }

    /// <summary>
    /// Adds to the entry what its options say. An unknown one without the ignorable bit makes the
    /// message unreadable; one of ours of an unknown shape is passed over, as the kernel does.
    /// </summary>
    public static SyncFault TryRead(
        ReadOnlySpan<byte> options, scoped ref SyncEntry entry, out SyncEngine engine)
    {
        engine = default;
        ReadOnlySpan<byte> shifts = default;
        ReadOnlySpan<byte> data = default;
        ReadOnlySpan<byte> name = default;
        while (!options.IsEmpty)
        {
            byte type = options[0];
            if (options.Length < HeaderLength
                || options[1] == 0
                || options[1] > options.Length - HeaderLength)
            {
                return SyncFault.BadOption;
            }

            ReadOnlySpan<byte> value = options.Slice(HeaderLength, options[1]);
            bool isRight = true;
            switch (type & ~IgnorableBit)
            {
                case SequenceShifts:
                    isRight = value.Length == 2 * ShiftLength && TryKeep(value, ref shifts);
                    break;
                case EngineData:
                    isRight = TryKeep(value, ref data);
                    break;
                case EngineName:
                    isRight = value.Length <= SyncEngine.MaximumNameLength
                        && TryKeep(value, ref name);
                    break;
                default:
                    if ((type & IgnorableBit) == 0)
                    {
                        return SyncFault.UnknownOption;
                    }

                    ReadOwn(type, value, ref entry, ref engine);
                    break;
            }

            if (!isRight)
            {
                return SyncFault.BadOption;
            }

            options = options[(HeaderLength + value.Length)..];
        }

        if (!shifts.IsEmpty)
        {
            entry = entry with { Shifts = ReadShifts(shifts, isBigEndian: true, entry.Flags) };
        }

        engine = entry.IsTemplate ? new(name, data) : engine;
        return SyncFault.None;
    }

    /// <summary>
    /// Of each direction that the flags name; twelve octets each, the client's first.
    /// </summary>
    public static SyncShifts ReadShifts(
        ReadOnlySpan<byte> octets, bool isBigEndian, uint flags) => new(
            (flags & SyncEntry.ClientShifted) != 0
                ? ReadShift(octets, isBigEndian)
                : default,
            (flags & SyncEntry.ServerShifted) != 0
                ? ReadShift(octets[ShiftLength..], isBigEndian)
                : default);

    private static void ReadOwn(
        byte type,
        ReadOnlySpan<byte> value,
        scoped ref SyncEntry entry,
        ref SyncEngine engine)
    {
        switch (type)
        {
            case LocalEnd when value.Length == LocalLength(entry):
                ReadOnlySpan<byte> address = value[PortLength..];
                entry = entry with
                {
                    Local = new(
                        address.Length == IpAddress.Ipv4Length
                            ? IpAddress.ReadIpv4(address)
                            : IpAddress.ReadIpv6(address),
                        BinaryPrimitives.ReadUInt16BigEndian(value)),
                };
                break;
            case ControlPort when value.Length == PortLength:
                entry = entry with { ControlPort = BinaryPrimitives.ReadUInt16BigEndian(value) };
                break;
            case MakersCallId when !entry.IsTemplate:
                engine = new(SyncEngine.Sip, value);
                break;
        }
    }

    private static int LocalLength(in SyncEntry entry) => PortLength
        + (entry.IsIpv6 ? IpAddress.Ipv6Length : IpAddress.Ipv4Length);

    private static bool TryKeep(ReadOnlySpan<byte> value, ref ReadOnlySpan<byte> kept)
    {
        bool isFirst = kept.IsEmpty;
        kept = value;
        return isFirst;
    }

    private static Span<byte> Begin(ref Span<byte> octets, byte type, int length)
    {
        octets[0] = type;
        octets[1] = (byte)length;
        Span<byte> value = octets.Slice(HeaderLength, length);
        octets = octets[(HeaderLength + length)..];
        return value;
    }

    private static SyncShift ReadShift(ReadOnlySpan<byte> octets, bool isBigEndian)
    {
        SyncShift shift = isBigEndian
            ? new(
                BinaryPrimitives.ReadUInt32BigEndian(octets),
                BinaryPrimitives.ReadInt32BigEndian(octets[4..]),
                BinaryPrimitives.ReadInt32BigEndian(octets[8..]))
            : new(
                BinaryPrimitives.ReadUInt32LittleEndian(octets),
                BinaryPrimitives.ReadInt32LittleEndian(octets[4..]),
                BinaryPrimitives.ReadInt32LittleEndian(octets[8..]));
        return shift.IsNone ? default : shift;
    }

    private static void WriteShift(Span<byte> octets, in SyncShift shift)
    {
        BinaryPrimitives.WriteUInt32BigEndian(octets, shift.From);
        BinaryPrimitives.WriteInt32BigEndian(octets[4..], shift.Delta);
        BinaryPrimitives.WriteInt32BigEndian(octets[8..], shift.PreviousDelta);
    }
}

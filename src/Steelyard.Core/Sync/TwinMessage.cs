using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>Kinds of messages between twins.</summary>
internal enum TwinMessageKind : byte
{
    Unknown = 0,
    Hello,

    /// <summary>The MASTER to the BACKUP: take my place.</summary>
    HandOverRequest,

    /// <summary>The BACKUP to the MASTER: hand over to me.</summary>
    HandOverWish,

    /// <summary>To either of the two.</summary>
    HandOverAnswer,

    /// <summary>A box that knows nothing yet asks for all connections.</summary>
    BulkRequest,

    /// <summary>All connections have been sent.</summary>
    BulkEnd,
}

/// <summary>
/// A word between twins, over the same channel as the kernel's sync messages. Numbers are
/// big-endian. Header of 28 bytes: magic <c>STLK</c>, version 1, kind, sync id, flags, the sender's
/// boot id (8), the addressee's boot id or 0 (8), sequence (4). Then a text (length, UTF-8), VRIDs
/// (count, one byte each), and for Hello: interval in milliseconds (2), roles (count, three bytes
/// each: VRID, state, priority), and perhaps the sender's dashboard (flags, of which 1 is TLS;
/// address of 16 bytes; port), which boxes of before neither say nor read; for BulkEnd: count of
/// records (4).
/// </summary>
/// <remarks>
/// A kernel on the same group drops it: where its header has a size, ours has 0x4C4B, which is no
/// datagram's length here.
/// </remarks>
/// <param name="Text">
/// The box's name, the group's name, or the reason of a refusal; of a message that came, with
/// whatever a terminal would obey made visible.
/// </param>
internal readonly record struct TwinMessage(
    TwinMessageKind Kind,
    byte SyncId,
    byte Flags,
    ulong BootId,
    ulong AddresseeBootId,
    uint Sequence,
    string Text,
    ImmutableArray<byte> VirtualRouterIds,
    ushort IntervalMilliseconds,
    ImmutableArray<TwinRole> Roles,
    uint Records)
{
    /// <summary>Hello: the sender can take over.</summary>
    public const byte CanTakeOver = 1;

    /// <summary>Hello: the sender is about to end.</summary>
    public const byte Leaving = 2;

    /// <summary>HandOverAnswer: no.</summary>
    public const byte Refused = 1;

    /// <summary>No message is longer.</summary>
    public const int MaximumLength = 1400;

    private const uint Magic = 0x5354_4C4B;
    private const byte ProtocolVersion = 1;
    private const int VersionOffset = 4;
    private const int KindOffset = 5;
    private const int SyncIdOffset = 6;
    private const int FlagsOffset = 7;
    private const int BootIdOffset = 8;
    private const int AddresseeOffset = 16;
    private const int SequenceOffset = 24;
    private const int HeaderLength = 28;
    private const int RoleLength = 3;
    private const int PageLength = 1 + IpAddress.Ipv6Length + sizeof(ushort);
    private const byte PageUsesTls = 1;
    private const int MaximumTextLength = 200; // bytes; names are far shorter
    private const int MaximumRoles = 255;

    /// <summary>Hello: where the sender's dashboard is.</summary>
    public TwinPage? Page { get; init; }

    /// <summary>Whether a datagram, which is one of ours, says hello.</summary>
    public static bool IsHello(ReadOnlySpan<byte> datagram) =>
        IsOurs(datagram) && datagram[KindOffset] == (byte)TwinMessageKind.Hello;

    /// <summary>Whether a datagram is one of ours, and not the kernel's.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderLength
        && BinaryPrimitives.ReadUInt32BigEndian(datagram) == Magic;

    public static bool TryParse(ReadOnlySpan<byte> datagram, out TwinMessage message)
    {
        message = default;
        if (!IsOurs(datagram) || datagram[VersionOffset] != ProtocolVersion)
        {
            return false;
        }

        ReadOnlySpan<byte> body = datagram[HeaderLength..];
        int textLength = MeasureBlock(body, 1);
        int idsLength = textLength < 0 ? -1 : MeasureBlock(body[(1 + textLength)..], 1);
        if (idsLength < 0)
        {
            return false;
        }

        var kind = (TwinMessageKind)datagram[KindOffset];
        ReadOnlySpan<byte> text = body.Slice(1, textLength);
        ReadOnlySpan<byte> virtualRouterIds = body.Slice(2 + textLength, idsLength);
        body = body[(2 + textLength + idsLength)..];
        if (!TryReadTail(kind, body, out ushort interval, out var roles, out uint records))
        {
            return false;
        }

        int pageOffset = sizeof(ushort) + 1 + (roles.Length * RoleLength);

        message = new(
            kind,
            datagram[SyncIdOffset],
            datagram[FlagsOffset],
            BinaryPrimitives.ReadUInt64BigEndian(datagram[BootIdOffset..]),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[AddresseeOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[SequenceOffset..]),
            ShownText.Of(Encoding.UTF8.GetString(text)),
            [.. virtualRouterIds],
            interval,
            roles,
            records)
        {
            Page = kind == TwinMessageKind.Hello ? ReadPage(body[pageOffset..]) : null,
        };
        return true;
    }

    /// <summary>Writes the message and returns its length.</summary>
    /// <param name="datagram"><see cref="MaximumLength"/> bytes.</param>
    public int Write(Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt32BigEndian(datagram, Magic);
        datagram[VersionOffset] = ProtocolVersion;
        datagram[KindOffset] = (byte)Kind;
        datagram[SyncIdOffset] = SyncId;
        datagram[FlagsOffset] = Flags;
        BinaryPrimitives.WriteUInt64BigEndian(datagram[BootIdOffset..], BootId);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[AddresseeOffset..], AddresseeBootId);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[SequenceOffset..], Sequence);
        int length = HeaderLength;

        _ = Encoding.UTF8.TryGetBytes(
            Text, datagram.Slice(length + 1, MaximumTextLength), out int textLength);
        datagram[length] = (byte)textLength;
        length += 1 + textLength;

        ReadOnlySpan<byte> virtualRouterIds = VirtualRouterIds.AsSpan();
        datagram[length] = (byte)virtualRouterIds.Length;
        virtualRouterIds.CopyTo(datagram[(length + 1)..]);
        length += 1 + virtualRouterIds.Length;

        if (Kind == TwinMessageKind.Hello)
        {
            BinaryPrimitives.WriteUInt16BigEndian(datagram[length..], IntervalMilliseconds);
            length += sizeof(ushort);
            length += WriteRoles(datagram[length..]);
            length += WritePage(datagram[length..]);
        }
        else if (Kind == TwinMessageKind.BulkEnd)
        {
            BinaryPrimitives.WriteUInt32BigEndian(datagram[length..], Records);
            length += sizeof(uint);
        }

        return length;
    }

    /// <summary>Bytes of a block of items behind its count; -1 when it is cut off.</summary>
    private static int MeasureBlock(ReadOnlySpan<byte> octets, int itemLength) =>
        octets.IsEmpty || octets.Length - 1 < octets[0] * itemLength
            ? -1
            : octets[0] * itemLength;

    private static bool TryReadTail(
        TwinMessageKind kind,
        ReadOnlySpan<byte> body,
        out ushort interval,
        out ImmutableArray<TwinRole> roles,
        out uint records)
    {
        interval = 0;
        roles = [];
        records = 0;
        switch (kind)
        {
            case TwinMessageKind.Hello:
                int length = body.Length < sizeof(ushort)
                    ? -1
                    : MeasureBlock(body[sizeof(ushort)..], RoleLength);
                if (length < 0)
                {
                    return false;
                }

                interval = BinaryPrimitives.ReadUInt16BigEndian(body);
                roles = ReadRoles(body.Slice(sizeof(ushort) + 1, length));
                return interval > 0;
            case TwinMessageKind.BulkEnd:
                return BinaryPrimitives.TryReadUInt32BigEndian(body, out records);
            default:
                return kind is > TwinMessageKind.Unknown and < TwinMessageKind.BulkEnd;
        }
    }

    private static ImmutableArray<TwinRole> ReadRoles(ReadOnlySpan<byte> octets)
    {
        var roles = ImmutableArray.CreateBuilder<TwinRole>(octets.Length / RoleLength);
        for (; !octets.IsEmpty; octets = octets[RoleLength..])
        {
            roles.Add(new(octets[0], (VirtualRouterState)octets[1], octets[2]));
        }

        return roles.MoveToImmutable();
    }

    private int WriteRoles(Span<byte> octets)
    {
        int count = Math.Min(Roles.Length, MaximumRoles);
        octets[0] = (byte)count;
        for (int index = 0; index < count; index++)
        {
            Span<byte> role = octets[(1 + (index * RoleLength))..];
            role[0] = Roles[index].VirtualRouterId;
            role[1] = (byte)Roles[index].State;
            role[2] = Roles[index].Priority;
        }

        return 1 + (count * RoleLength);
    }

    private static TwinPage? ReadPage(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < PageLength)
        {
            return null;
        }

        IpAddress address = IpAddress.ReadIpv6(octets[1..]);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(octets[(1 + IpAddress.Ipv6Length)..]);
        return address.IsNone || address.IsMulticast || port == 0
            ? null
            : new TwinPage(new Endpoint(address, port), (octets[0] & PageUsesTls) != 0);
    }

    private int WritePage(Span<byte> octets)
    {
        if (Page is not { } page)
        {
            return 0;
        }

        octets[0] = page.UsesTls ? PageUsesTls : (byte)0;
        BinaryPrimitives.WriteUInt64BigEndian(octets[1..], page.At.Address.High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[9..], page.At.Address.Low);
        BinaryPrimitives.WriteUInt16BigEndian(
            octets[(1 + IpAddress.Ipv6Length)..], page.At.Port);
        return PageLength;
    }
}

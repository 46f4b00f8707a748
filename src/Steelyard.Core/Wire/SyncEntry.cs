using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// One connection in a message of the kernel's sync protocol, version 1, as its fields stand on
/// the wire. Both families; the three addresses have the same one.
/// </summary>
/// <param name="Protocol">IP protocol number; 0 in templates of firewall marks.</param>
/// <param name="Flags">IP_VS_CONN_F_*; see the constants.</param>
/// <param name="State">The protocol's own number for the connection's state.</param>
/// <param name="Mark">The firewall mark of the service, or 0.</param>
/// <param name="TimeoutSeconds">Time to live, in seconds.</param>
public readonly record struct SyncEntry(
    byte Protocol,
    uint Flags,
    ushort State,
    Endpoint Client,
    Endpoint Virtual,
    Endpoint Server,
    uint Mark,
    uint TimeoutSeconds)
{
    /// <summary>The low three bits of <see cref="Flags"/>: the forwarding method.</summary>
    public const uint MethodMask = 0x7;
    public const uint Masquerade = 0;
    public const uint LocalNode = 1;
    public const uint Tunnel = 2;
    public const uint DirectRoute = 3;

    /// <summary>No packet from the server has been seen, or none can be.</summary>
    public const uint NoOutput = 0x80;

    /// <summary>Not counted as active.</summary>
    public const uint Inactive = 0x100;

    /// <summary>Sequence numbers of the server have moved.</summary>
    public const uint ServerShifted = 0x200;

    /// <summary>Sequence numbers of the client have moved.</summary>
    public const uint ClientShifted = 0x400;

    /// <summary>The client's port is still to be seen.</summary>
    public const uint NoClientPort = 0x800;

    /// <summary>A persistence template, not a connection.</summary>
    public const uint Template = 0x1000;

    private const uint ShiftedMask = ServerShifted | ClientShifted;

    public const int Ipv4Length = 36;
    public const int Ipv6Length = 72;

    private const int TypeOffset = 0;
    private const int ProtocolOffset = 1;
    private const int VersionAndSizeOffset = 2;
    private const int FlagsOffset = 4;
    private const int StateOffset = 8;
    private const int ClientPortOffset = 10;
    private const int VirtualPortOffset = 12;
    private const int ServerPortOffset = 14;
    private const int MarkOffset = 16;
    private const int TimeoutOffset = 20;
    private const int AddressesOffset = 24;

    private const byte Ipv6Type = 1;
    private const ushort SizeMask = 0xFFF;

    /// <summary>How far its sequence numbers have moved, as the flags say.</summary>
    public SyncShifts Shifts { get; init; }

    /// <summary>Full NAT: whom the server sees as the client. An option of our own.</summary>
    public Endpoint Local { get; init; }

    /// <summary>
    /// The client's port of the FTP session that announced the connection; 0 for none. An option
    /// of our own.
    /// </summary>
    public ushort ControlPort { get; init; }

    public bool IsTemplate => (Flags & Template) != 0;

    internal bool IsIpv6 => !Client.Address.IsIpv4;

    internal bool HasShifts => (Flags & ShiftedMask) != 0;

    /// <summary>Bytes this entry takes, without the padding after it.</summary>
    /// <param name="engine">What options tell of a persistence engine.</param>
    internal int LengthWith(SyncEngine engine) =>
        (IsIpv6 ? Ipv6Length : Ipv4Length) + SyncOptions.LengthOf(this, engine);

    /// <summary>Reads the entry at the span's start.</summary>
    /// <param name="size">Bytes of the entry without the padding after it.</param>
    internal static SyncFault TryRead(
        ReadOnlySpan<byte> octets, out SyncEntry entry, out SyncEngine engine, out int size)
    {
        entry = default;
        engine = default;
        size = 0;
        if (octets.Length < Ipv4Length)
        {
            return SyncFault.Truncated;
        }

        bool isIpv6 = (octets[TypeOffset] & Ipv6Type) != 0;
        int fixedLength = isIpv6 ? Ipv6Length : Ipv4Length;
        ushort versionAndSize =
            BinaryPrimitives.ReadUInt16BigEndian(octets[VersionAndSizeOffset..]);
        size = versionAndSize & SizeMask;
        if (versionAndSize >> 12 != 0)
        {
            return SyncFault.UnknownEntryVersion;
        }

        if (size < fixedLength || size > octets.Length)
        {
            return SyncFault.Truncated;
        }

        entry = ReadFields(octets, isIpv6);
        return SyncOptions.TryRead(octets[fixedLength..size], ref entry, out engine);
    }

    /// <summary>Writes <see cref="LengthWith"/> bytes.</summary>
    internal void Write(Span<byte> octets, SyncEngine engine)
    {
        octets[TypeOffset] = IsIpv6 ? Ipv6Type : (byte)0;
        octets[ProtocolOffset] = Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(
            octets[VersionAndSizeOffset..], (ushort)LengthWith(engine));
        BinaryPrimitives.WriteUInt32BigEndian(octets[FlagsOffset..], Flags);
        BinaryPrimitives.WriteUInt16BigEndian(octets[StateOffset..], State);
        BinaryPrimitives.WriteUInt16BigEndian(octets[ClientPortOffset..], Client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(octets[VirtualPortOffset..], Virtual.Port);
        BinaryPrimitives.WriteUInt16BigEndian(octets[ServerPortOffset..], Server.Port);
        BinaryPrimitives.WriteUInt32BigEndian(octets[MarkOffset..], Mark);
        BinaryPrimitives.WriteUInt32BigEndian(octets[TimeoutOffset..], TimeoutSeconds);
        int addressLength = IsIpv6 ? IpAddress.Ipv6Length : IpAddress.Ipv4Length;
        _ = Client.Address.Write(octets[AddressesOffset..]);
        _ = Virtual.Address.Write(octets[(AddressesOffset + addressLength)..]);
        _ = Server.Address.Write(octets[(AddressesOffset + (2 * addressLength))..]);
        SyncOptions.Write(octets[(IsIpv6 ? Ipv6Length : Ipv4Length)..], this, engine);
    }

    private static SyncEntry ReadFields(ReadOnlySpan<byte> octets, bool isIpv6)
    {
        int addressLength = isIpv6 ? IpAddress.Ipv6Length : IpAddress.Ipv4Length;
        return new(
            octets[ProtocolOffset],
            BinaryPrimitives.ReadUInt32BigEndian(octets[FlagsOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(octets[StateOffset..]),
            ReadEndpoint(octets, 0, addressLength, ClientPortOffset),
            ReadEndpoint(octets, 1, addressLength, VirtualPortOffset),
            ReadEndpoint(octets, 2, addressLength, ServerPortOffset),
            BinaryPrimitives.ReadUInt32BigEndian(octets[MarkOffset..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[TimeoutOffset..]));
    }

    private static Endpoint ReadEndpoint(
        ReadOnlySpan<byte> octets, int index, int addressLength, int portOffset)
    {
        ReadOnlySpan<byte> address = octets[(AddressesOffset + (index * addressLength))..];
        return new(
            addressLength == IpAddress.Ipv4Length
                ? IpAddress.ReadIpv4(address)
                : IpAddress.ReadIpv6(address),
            BinaryPrimitives.ReadUInt16BigEndian(octets[portOffset..]));
    }
}

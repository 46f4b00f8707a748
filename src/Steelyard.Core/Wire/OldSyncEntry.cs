using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// One connection in a message of the kernel's sync protocol, version 0 (<c>sync_version=0</c>):
/// IPv4 alone, and neither a timeout nor a mark.
/// </summary>
internal static class OldSyncEntry
{
    private const int ProtocolOffset = 1;
    private const int ClientPortOffset = 2;
    private const int VirtualPortOffset = 4;
    private const int ServerPortOffset = 6;
    private const int ClientAddressOffset = 8;
    private const int VirtualAddressOffset = 12;
    private const int ServerAddressOffset = 16;
    private const int FlagsOffset = 20;
    private const int StateOffset = 22;
    private const int Length = 24;
    private const int ShiftsLength = 24;

    /// <summary>Reads the entry at the span's start.</summary>
    /// <param name="size">Bytes that it takes.</param>
    public static SyncFault TryRead(
        ReadOnlySpan<byte> octets, out SyncEntry entry, out int size)
    {
        entry = default;
        size = Length;
        if (octets.Length < Length)
        {
            return SyncFault.Truncated;
        }

        uint flags = BinaryPrimitives.ReadUInt16BigEndian(octets[FlagsOffset..]);
        entry = new(
            octets[ProtocolOffset],
            flags,
            BinaryPrimitives.ReadUInt16BigEndian(octets[StateOffset..]),
            ReadEndpoint(octets, ClientAddressOffset, ClientPortOffset),
            ReadEndpoint(octets, VirtualAddressOffset, VirtualPortOffset),
            ReadEndpoint(octets, ServerAddressOffset, ServerPortOffset),
            Mark: 0,
            TimeoutSeconds: 0);
        if (entry.IsTemplate && entry.Protocol == 0)
        {
            // In place of its address such a template has the mark.
            entry = entry with { Mark = entry.Virtual.Address.Ipv4 };
        }

        if (!entry.HasShifts)
        {
            return SyncFault.None;
        }

        size = Length + ShiftsLength;
        if (octets.Length < size)
        {
            return SyncFault.Truncated;
        }

        // In the sender's own order, which nothing tells: that of all machines in use.
        SyncShifts shifts =
            SyncOptions.ReadShifts(octets[Length..size], isBigEndian: false, flags);
        entry = entry with { Shifts = shifts };
        return SyncFault.None;
    }

    private static Endpoint ReadEndpoint(
        ReadOnlySpan<byte> octets, int addressOffset, int portOffset) => new(
            IpAddress.ReadIpv4(octets[addressOffset..]),
            BinaryPrimitives.ReadUInt16BigEndian(octets[portOffset..]));
}

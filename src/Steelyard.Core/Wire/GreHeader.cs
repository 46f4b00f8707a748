using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// The header of Generic Routing Encapsulation, with or without a checksum; keys and sequence
/// numbers we neither send nor read. RFC 2784 §2.1.
/// </summary>
/// <param name="Length">The header itself, in octets.</param>
/// <param name="Type">What follows it.</param>
public readonly record struct GreHeader(int Length, EtherType Type)
{
    private const int FlagsOffset = 0;
    private const int TypeOffset = 2;
    private const int ChecksumOffset = 4;
    private const int ReservedOffset = 6;

    private const ushort ChecksumPresent = 0x8000;

    private const int BareLength = 4;
    private const int SummedLength = 8;

    public static int LengthOf(bool hasChecksum) => hasChecksum ? SummedLength : BareLength;

    /// <summary>Writes the header; with a checksum also over what stands behind it.</summary>
    /// <param name="octets">The header and the packet that it carries.</param>
    /// <param name="type">What the packet is.</param>
    public static void Write(Span<byte> octets, EtherType type, bool hasChecksum)
    {
        BinaryPrimitives.WriteUInt16BigEndian(
            octets[FlagsOffset..], hasChecksum ? ChecksumPresent : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(octets[TypeOffset..], (ushort)type);
        if (!hasChecksum)
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(octets[ChecksumOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(octets[ReservedOffset..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(
            octets[ChecksumOffset..], InternetChecksum.Finish(InternetChecksum.Sum(octets)));
    }

    /// <summary>
    /// False also for what we never send. The checksum is not looked at: the packet behind it may
    /// have been cut.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> octets, out GreHeader header)
    {
        header = default;
        if (octets.Length < BareLength)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(octets[FlagsOffset..]);
        int length = LengthOf((flags & ChecksumPresent) != 0);
        if ((flags & ~ChecksumPresent) != 0 || octets.Length < length)
        {
            return false;
        }

        header = new(
            length, (EtherType)BinaryPrimitives.ReadUInt16BigEndian(octets[TypeOffset..]));
        return true;
    }
}

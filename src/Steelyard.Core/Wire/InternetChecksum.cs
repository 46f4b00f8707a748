using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Steelyard.Core.Wire;

/// <summary>
/// The Internet checksum: the one's complement of the one's complement sum of 16-bit words.
/// RFC 1071; updated in place as RFC 1624 §3, equation 3, says.
/// </summary>
/// <remarks>
/// A <em>sum</em> here is not folded yet: up to 32 bits that still have their carries. A
/// <em>difference</em> is the sum of ~old + new words, ready to be applied to any checksum that
/// covers those words; one difference of addresses serves the IP header and the transport header.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>What UDP writes for a sum of zero, since zero means none. RFC 768.</summary>
    public const ushort UdpZero = 0xFFFF;

    /// <summary>
    /// Adds the words of a span to a sum; an odd last octet counts as the high one.
    /// </summary>
    public static uint Sum(ReadOnlySpan<byte> octets, uint sum = 0)
    {
        // One's complement addition does not mind the octet order (RFC 1071 §2 (B)), so whole
        // native words are added and the folded result is swapped once.
        ulong total = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(octets))
        {
            total += (word >> 32) + (word & 0xFFFF_FFFF);
        }

        octets = octets[(octets.Length & ~7)..];
        if (octets.Length >= 4)
        {
            total += MemoryMarshal.Read<uint>(octets);
            octets = octets[4..];
        }

        if (octets.Length >= 2)
        {
            total += MemoryMarshal.Read<ushort>(octets);
            octets = octets[2..];
        }

        if (octets.Length == 1)
        {
            total += BitConverter.IsLittleEndian ? octets[0] : (uint)octets[0] << 8;
        }

        ushort folded = Fold(total);
        ushort inOrder = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReverseEndianness(folded)
            : folded;
        return unchecked((uint)Fold(sum) + inOrder);
    }

    /// <summary>The sum of IPv4's pseudo-header. RFC 9293 §3.1.</summary>
    public static uint PseudoHeader(uint source, uint destination, byte protocol, int length) =>
        unchecked((source >> 16) + (source & 0xFFFF) + (destination >> 16)
            + (destination & 0xFFFF) + protocol + (uint)length);

    /// <summary>
    /// The sum of either family's pseudo-header. RFC 9293 §3.1; RFC 8200 §8.1. The ffff of an IPv4
    /// address, as it is held, is one's complement's other zero.
    /// </summary>
    public static uint PseudoHeader(
        IpAddress source, IpAddress destination, byte protocol, int length) =>
        unchecked((uint)Fold(
            Words(source.High) + Words(source.Low) + Words(destination.High)
            + Words(destination.Low) + protocol + (uint)length));

    /// <summary>The carries added back, until sixteen bits are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        unchecked
        {
            sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
            sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
            uint low = (uint)((sum & 0xFFFF) + (sum >> 16));
            low = (low & 0xFFFF) + (low >> 16);
            return (ushort)((low & 0xFFFF) + (low >> 16));
        }
    }

    /// <summary>The field's value for a sum: folded and complemented.</summary>
    public static ushort Finish(uint sum) => unchecked((ushort)~Fold(sum));

    /// <summary>The difference made by one 16-bit word.</summary>
    public static uint Difference(ushort before, ushort after) =>
        unchecked((uint)(ushort)~before + after);

    /// <summary>The difference made by one 32-bit word, for example an IPv4 address.</summary>
    public static uint Difference(uint before, uint after)
    {
        uint gone = ~before;
        return unchecked((gone >> 16) + (gone & 0xFFFF) + (after >> 16) + (after & 0xFFFF));
    }

    /// <summary>The difference made by a whole IPv6 address.</summary>
    public static uint Difference(IpAddress before, IpAddress after) =>
        unchecked((uint)Fold((ulong)Difference((uint)(before.High >> 32), (uint)(after.High >> 32))
            + Difference((uint)before.High, (uint)after.High)
            + Difference((uint)(before.Low >> 32), (uint)(after.Low >> 32))
            + Difference((uint)before.Low, (uint)after.Low)));

    /// <summary>HC' = ~(~HC + ~m + m'). RFC 1624 §3.</summary>
    public static ushort Update(ushort checksum, uint difference) =>
        unchecked((ushort)~Fold((ulong)(ushort)~checksum + difference));

    /// <summary>The same for a field that holds a plain sum: an unfinished checksum.</summary>
    public static ushort UpdateUnfinished(ushort sum, uint difference) =>
        Fold((ulong)sum + difference);

    private static ulong Words(ulong octets) =>
        (octets >> 48) + ((octets >> 32) & 0xFFFF) + ((octets >> 16) & 0xFFFF) + (octets & 0xFFFF);
}

using System;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Steelyard.Core.Wire;

/// <summary>
/// IPv6 addresses as text inside packets, without allocation: all forms of RFC 4291 §2.2 are read,
/// the one with eight numbers is written.
/// </summary>
public static class Ipv6Text
{
    /// <summary>Octets of the longest text that is written.</summary>
    public const int MaximumLength = 39;

    // With the last four octets as a dotted quad.
    private const int LongestRead = 45;
    private const int Groups = 8;
    private const int LongestGroup = 4;

    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[Groups];
        if (text.Length is < 2 or > LongestRead
            || !TryReadGroups(text, groups, out int count, out int gap))
        {
            return false;
        }

        if (gap < 0 ? count != Groups : count == Groups)
        {
            return false;
        }

        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets.Clear();
        for (int index = 0; index < count; index++)
        {
            int place = gap >= 0 && index >= gap ? Groups - count + index : index;
            BinaryPrimitives.WriteUInt16BigEndian(octets[(place * 2)..], groups[index]);
        }

        address = IpAddress.ReadIpv6(octets);
        return true;
    }

    /// <summary>Returns the length of the text.</summary>
    /// <param name="text">It has room for <see cref="MaximumLength"/> octets.</param>
    public static int Write(Span<byte> text, IpAddress address)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        BinaryPrimitives.WriteUInt64BigEndian(octets, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], address.Low);
        int length = 0;
        for (int offset = 0; offset < octets.Length; offset += 2)
        {
            if (offset > 0)
            {
                text[length++] = (byte)':';
            }

            _ = Utf8Formatter.TryFormat(
                BinaryPrimitives.ReadUInt16BigEndian(octets[offset..]),
                text[length..],
                out int written,
                'x');
            length += written;
        }

        return length;
    }

    /// <param name="gap">Groups before <c>::</c>; negative when there is none.</param>
    private static bool TryReadGroups(
        ReadOnlySpan<byte> text, Span<ushort> groups, out int count, out int gap)
    {
        count = 0;
        gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (text.Length > 0)
        {
            int digits = text.IndexOfAnyExcept("0123456789abcdefABCDEF"u8);
            digits = digits < 0 ? text.Length : digits;
            if (digits < text.Length && text[digits] == '.' && count <= Groups - 2)
            {
                return TryReadQuad(text, groups[count..], ref count);
            }

            if (digits is 0 or > LongestGroup
                || count == Groups
                || !Utf8Parser.TryParse(text[..digits], out ushort value, out _, 'x'))
            {
                return false;
            }

            groups[count++] = value;
            text = text[digits..];
            if (text.Length == 0)
            {
                break;
            }

            if (text[0] != ':' || text.Length == 1)
            {
                return false;
            }

            text = text[1..];
            if (text[0] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = count;
                text = text[1..];
            }
        }

        return true;
    }

    private static bool TryReadQuad(
        ReadOnlySpan<byte> text, Span<ushort> groups, ref int count)
    {
        if (!DecimalText.TryReadQuad(ref text, (byte)'.', out uint quad) || text.Length > 0)
        {
            return false;
        }

        groups[0] = (ushort)(quad >> 16);
        groups[1] = (ushort)(quad & 0xFFFF);
        count += 2;
        return true;
    }
}

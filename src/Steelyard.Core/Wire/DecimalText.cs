using System;

namespace Steelyard.Core.Wire;

/// <summary>Decimal numbers as text inside packets, read off the front of a span.</summary>
public static class DecimalText
{
    private const int MostDigits = 5;

    /// <summary>Reads up to five digits; the number is at most <paramref name="most"/>.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> text, int most, out int number)
    {
        number = 0;
        int digits = 0;
        while (digits < text.Length && text[digits] is >= (byte)'0' and <= (byte)'9')
        {
            if (digits == MostDigits)
            {
                return false;
            }

            number = (number * 10) + text[digits] - '0';
            digits++;
        }

        text = text[digits..];
        return digits > 0 && number <= most;
    }

    /// <summary>
    /// Reads four octets with three separators between them. With dots a leading zero is refused,
    /// since some read it as octal. RFC 6943 §3.1.1.
    /// </summary>
    /// <param name="quad">An IPv4 address in host order.</param>
    public static bool TryReadQuad(ref ReadOnlySpan<byte> text, byte separator, out uint quad)
    {
        quad = 0;
        for (int index = 0; index < 4; index++)
        {
            if ((index > 0 && !TrySkip(ref text, separator))
                || (separator == '.' && HasLeadingZero(text))
                || !TryRead(ref text, byte.MaxValue, out int octet))
            {
                return false;
            }

            quad = (quad << 8) | (uint)octet;
        }

        return true;
    }

    public static bool TrySkip(ref ReadOnlySpan<byte> text, byte expected)
    {
        if (text.Length == 0 || text[0] != expected)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool HasLeadingZero(ReadOnlySpan<byte> text) =>
        text.Length > 1 && text[0] == '0' && text[1] is >= (byte)'0' and <= (byte)'9';
}

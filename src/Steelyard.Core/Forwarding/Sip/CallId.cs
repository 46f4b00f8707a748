using System;
using System.Buffers;
using System.Text;
using Steelyard.Core.Connections;

namespace Steelyard.Core.Forwarding.Sip;

/// <summary>
/// Finds the Call-ID of a SIP message, which is the same in all messages of a dialogue. RFC 3261
/// §8.1.1.4, §20.8.
/// </summary>
/// <remarks>
/// As with LVS: the name may be written in full or as <c>i</c>, in any case; lines may end with CR,
/// LF or both (RFC 2543); a continuation line is no header; the value must end its line. A message
/// without one, or with one too long, keeps to its client's address.
/// </remarks>
internal static class CallId
{
    /// <summary>Octets of the longest value that is found.</summary>
    public const int MaximumLength = CallIdText.MaximumLength;

    // word, of which callid = word [ "@" word ] is made. RFC 3261 §25.1.
    private static readonly SearchValues<byte> WordOctets = SearchValues.Create(
        [
            .. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8,
            .. "-.!%*_+`'~()<>:\\\"/[]?{}"u8,
        ]);

    /// <param name="message">The payload of a UDP datagram.</param>
    /// <param name="value">A part of it; 1 to <see cref="MaximumLength"/> octets.</param>
    public static bool TryFind(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> value)
    {
        // The first line is a request or a status, and an empty one ends the headers.
        ReadOnlySpan<byte> rest = NextLine(message);
        while (rest.Length > 0 && rest[0] is not ((byte)'\r' or (byte)'\n'))
        {
            if (TrySkipName(rest, out ReadOnlySpan<byte> behind) && TryReadValue(behind, out value))
            {
                return true;
            }

            rest = NextLine(rest);
        }

        value = default;
        return false;
    }

    private static ReadOnlySpan<byte> NextLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return default;
        }

        text = text[end..];
        return text.StartsWith("\r\n"u8) ? text[2..] : text[1..];
    }

    private static bool TrySkipName(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> behind)
    {
        ReadOnlySpan<byte> name = "Call-ID"u8;
        behind = line.Length >= name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)
            ? line[name.Length..]
            : (line[0] | 0x20) == 'i' ? line[1..] : default;
        behind = behind.TrimStart(" \t"u8);
        if (behind.Length == 0 || behind[0] != ':')
        {
            return false;
        }

        behind = behind[1..].TrimStart(" \t"u8);
        return true;
    }

    private static bool TryReadValue(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> value)
    {
        int length = WordLength(text);
        if (length > 0 && length < text.Length && text[length] == '@')
        {
            int domain = WordLength(text[(length + 1)..]);
            length = domain == 0 ? 0 : length + 1 + domain;
        }

        value = text[..length];
        return length is > 0 and <= MaximumLength
            && length < text.Length
            && text[length] is ((byte)'\r' or (byte)'\n');
    }

    private static int WordLength(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExcept(WordOctets);
        return length < 0 ? text.Length : length;
    }
}

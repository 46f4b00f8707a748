using System;
using System.Text;

namespace Steelyard.Host.Storage;

/// <summary>
/// Bytes that a person's editor wrote, as text: UTF-8 and UTF-16 with or without a byte order
/// mark, Latin-1 when it is none of them; line ends of every system become <c>\n</c>.
/// </summary>
internal static class TextDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="bytes">The file, or its beginning.</param>
    /// <param name="isWhole">False when a character may be cut in two at the end.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, bool isWhole = true) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. ReadOnlySpan<byte> rest] => Utf8(rest, isWhole),
        [0xFF, 0xFE, .. ReadOnlySpan<byte> rest] => Lines(Encoding.Unicode.GetString(rest)),
        [0xFE, 0xFF, .. ReadOnlySpan<byte> rest] =>
            Lines(Encoding.BigEndianUnicode.GetString(rest)),

        // A configuration begins with a sign of ASCII: the zero beside it tells the order.
        [not 0, 0, ..] => Lines(Encoding.Unicode.GetString(bytes)),
        [0, not 0, ..] => Lines(Encoding.BigEndianUnicode.GetString(bytes)),
        _ => Utf8(bytes, isWhole),
    };

    private static string Utf8(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        try
        {
            char[] text = new char[bytes.Length];
            int length = StrictUtf8.GetDecoder().GetChars(bytes, text, flush: isWhole);
            return Lines(new string(text, 0, length));
        }
        catch (DecoderFallbackException)
        {
            return Lines(Encoding.Latin1.GetString(bytes));
        }
    }

    private static string Lines(string text) => text.Contains('\r', StringComparison.Ordinal)
        ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
        : text;
}

using System;
using System.Globalization;
using System.Text;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// Text of strangers (the wire, a file, a server) as it may be shown: on one line, and without a
/// character that a terminal obeys or that turns what stands around it.
/// </summary>
public static class ShownText
{
    /// <summary>
    /// What people read is kept; the rest becomes <c>\n</c>-like escapes: <c>\x1b</c>,
    /// <c>\u202e</c>.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int first = 0;
        while (first < text.Length && IsPlain(text, first))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        StringBuilder shown = new(text, 0, first, text.Length + 16);
        for (int index = first; index < text.Length; index++)
        {
            if (IsPlain(text, index))
            {
                shown.Append(text[index]);
            }
            else if (text[index] <= 0xff)
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)text[index]:x2}");
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index]:x4}");
            }
        }

        return shown.ToString();
    }

    private static bool IsPlain(string text, int index) =>
        char.GetUnicodeCategory(text, index) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
            UnicodeCategory.Surrogate => IsInPair(text, index),
            _ => true,
        };

    /// <summary>The second half of a pair, whose first half was judged for both.</summary>
    private static bool IsInPair(string text, int index) => index > 0
        && char.IsSurrogatePair(text, index - 1) && IsPlain(text, index - 1);
}

using System;
using System.Globalization;

namespace Steelyard.Host.Update;

/// <summary>
/// Which of two versions is newer: numbers between dots count as numbers, and what stands behind
/// a '-' or '~' comes before the release. Behind a '+' nothing counts. As semver.org, 2.0.0 §11.
/// </summary>
internal static class ReleaseOrder
{
    /// <returns>Below zero when the first is older.</returns>
    public static int Compare(string first, string second)
    {
        (string Release, string Early) one = Split(first);
        (string Release, string Early) other = Split(second);
        int release = CompareParts(one.Release, other.Release);
        return release != 0 || (one.Early.Length == 0 && other.Early.Length == 0) ? release
            : one.Early.Length == 0 ? 1
            : other.Early.Length == 0 ? -1
            : CompareParts(one.Early, other.Early);
    }

    private static (string Release, string Early) Split(string version)
    {
        string plain = version.Trim().TrimStart('v').Split('+')[0];
        int early = plain.AsSpan().IndexOfAny('-', '~');
        return early < 0 ? (plain, string.Empty) : (plain[..early], plain[(early + 1)..]);
    }

    private static int CompareParts(string first, string second)
    {
        string[] one = first.Split('.');
        string[] other = second.Split('.');
        for (int index = 0; index < Math.Max(one.Length, other.Length); index++)
        {
            int order = ComparePart(
                index < one.Length ? one[index] : string.Empty,
                index < other.Length ? other[index] : string.Empty);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <summary>A missing part comes first, then numbers, then words.</summary>
    private static int ComparePart(string first, string second)
    {
        bool isNumber = ulong.TryParse(
            first, NumberStyles.None, CultureInfo.InvariantCulture, out ulong one);
        bool isNumberToo = ulong.TryParse(
            second, NumberStyles.None, CultureInfo.InvariantCulture, out ulong other);
        return (isNumber, isNumberToo) switch
        {
            (true, true) => one.CompareTo(other),
            (true, false) => second.Length == 0 ? 1 : -1,
            (false, true) => first.Length == 0 ? -1 : 1,
            _ => string.CompareOrdinal(first, second),
        };
    }
}

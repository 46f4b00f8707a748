using System.Collections.Immutable;
using System.Globalization;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// One address, or a range of them: <c>192.0.2.1-10</c>, <c>192.0.2.1-192.0.2.10</c>,
/// <c>2001:db8::1-a</c>.
/// </summary>
internal static class AddressRange
{
    /// <summary>More than one block of the file can mean.</summary>
    private const ulong MaximumCount = 1024;

    /// <summary>The addresses; empty when the text is none, or names too many.</summary>
    public static ImmutableArray<IpAddress> Parse(string text)
    {
        int dash = text.IndexOf('-');
        string start = dash < 0 ? text : text[..dash];
        if (!IpAddress.TryParse(start, out IpAddress low))
        {
            return [];
        }

        IpAddress high = low;
        if ((dash >= 0 && !TryParseEnd(text[(dash + 1)..], low, out high))
            || high.High != low.High
            || high.Low < low.Low
            || high.Low - low.Low >= MaximumCount)
        {
            return [];
        }

        int count = (int)(high.Low - low.Low) + 1;
        var addresses = ImmutableArray.CreateBuilder<IpAddress>(count);
        for (int index = 0; index < count; index++)
        {
            addresses.Add(low with { Low = low.Low + (ulong)index });
        }

        return addresses.MoveToImmutable();
    }

    /// <summary>A whole address, or the last octet or group of one.</summary>
    private static bool TryParseEnd(string text, IpAddress low, out IpAddress high)
    {
        if (IpAddress.TryParse(text, out high))
        {
            return high.IsIpv4 == low.IsIpv4;
        }

        ulong mask = low.IsIpv4 ? 0xFFu : 0xFFFFu;
        NumberStyles style = low.IsIpv4 ? NumberStyles.None : NumberStyles.AllowHexSpecifier;
        bool isNumber = ulong.TryParse(
            text, style, CultureInfo.InvariantCulture, out ulong last);
        high = low with { Low = (low.Low & ~mask) | last };
        return isNumber && last <= mask;
    }
}

using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>What a resolver can be asked for: an address, or a name of DNS.</summary>
internal static class HostText
{
    // RFC 1035 §2.3.4.
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    public static bool IsHost(string text)
    {
        if (IpAddress.TryParse(text, out _))
        {
            return true;
        }

        string name = text.EndsWith('.') ? text[..^1] : text;
        string[] labels = name.Split('.');
        return name.Length <= LongestName
            && labels.All(IsLabel)
            && !labels[^1].All(char.IsAsciiDigit); // An address with a slip: 192.168.1.500.
    }

    /// <summary>RFC 1123 §2.1, and the underscore that many a network has in its names.</summary>
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel
        && label.All(at => char.IsAsciiLetterOrDigit(at) || at is '-' or '_')
        && label[0] != '-'
        && label[^1] != '-';
}

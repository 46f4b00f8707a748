using System;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>
/// What may stand in a request that a check sends; anything else could smuggle a line.
/// </summary>
internal static class HttpText
{
    private const int MaximumLength = 2048;

    /// <summary>Visible ASCII without a delimiter of the authority. RFC 3986 §3.2.2.</summary>
    public static bool IsHost(string text) =>
        IsVisible(text) && !text.AsSpan().ContainsAny("/?#@\\\"<>");

    /// <summary>origin-form: a path with perhaps a query. RFC 9112 §3.2.1.</summary>
    public static bool IsPath(string text) =>
        IsVisible(text) && text[0] == '/' && !text.Contains('#');

    private static bool IsVisible(string text) =>
        text.Length is > 0 and <= MaximumLength && text.All(at => at is > ' ' and < '\x7F');
}

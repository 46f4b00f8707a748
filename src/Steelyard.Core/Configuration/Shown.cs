using System;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>Makes what a file says fit to stand in a sentence on a terminal.</summary>
internal static class Shown
{
    private const int MaximumLength = 100;

    /// <summary>What follows it is a key, wherever it stands by mistake.</summary>
    private const string Secret = "hex:";

    /// <summary>No longer than a part of a line.</summary>
    public static string Text(string text) => text.StartsWith(Secret, StringComparison.Ordinal)
        ? $"{Secret}…"
        : text.Length > MaximumLength ? $"{text.AsSpan(0, MaximumLength)}…" : text;

    /// <summary>Control characters, which a terminal would obey, become question marks.</summary>
    public static string Clean(string sentence) => sentence.Any(char.IsControl)
        ? string.Concat(sentence.Select(at => char.IsControl(at) ? '?' : at))
        : sentence;
}

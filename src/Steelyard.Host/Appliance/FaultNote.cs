using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>
/// <c>FAULT.txt</c> on the card: what is wrong, for a person with a PC and an editor. It is there
/// as long as something is.
/// </summary>
internal sealed class FaultNote(string card)
{
    public const string Name = "FAULT.txt";

    private static readonly byte[] Utf8Mark = [0xEF, 0xBB, 0xBF];

    private readonly string _path = Path.Combine(card, Name);

    /// <summary>Writes it if it says something else; null, or why it cannot be written.</summary>
    public string? Show(IReadOnlyList<string> lines) => Try("written", () =>
    {
        byte[] bytes = Encode(lines);
        if (!File.Exists(_path) || !File.ReadAllBytes(_path).AsSpan().SequenceEqual(bytes))
        {
            AtomicFile.Write(_path, bytes);
        }
    });

    /// <summary>All is well; null, or why it cannot be removed.</summary>
    public string? Remove() => Try("removed", () =>
    {
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }
    });

    /// <summary>Lines end as Windows ends them; the mark tells old editors of UTF-8.</summary>
    private static byte[] Encode(IReadOnlyList<string> lines)
    {
        string text = string.Concat(lines.Select(line => Plain(line) + "\r\n"));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Ascii.IsValid(text) ? bytes : [.. Utf8Mark, .. bytes];
    }

    private static string Plain(string line) => new(
        [.. line.Select(letter => char.IsControl(letter) ? ' ' : letter)]);

    private static string? Try(string verb, Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{Name} cannot be {verb} on the card: {failure.Message}";
        }
    }
}

using System;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Host.Update;

/// <summary>What RAUC says when it refuses, in our words.</summary>
internal static class RaucWords
{
    /// <summary>A part of RAUC's message, and what it means; the first that fits counts.</summary>
    private static readonly ImmutableArray<(string Part, string Meaning)> Meanings =
    [
        ("not yet valid",
            "the bundle's certificate is not valid yet by this box's clock: is the time right?"),
        ("has expired",
            "the bundle's certificate is no longer valid by this box's clock: is the time right?"),
        ("signature verification failed",
            "the bundle is not signed by anyone whom this box trusts"),
        ("Failed to verify signature", "the bundle's signature is wrong: it was changed"),
        ("Invalid bundle format",
            "the file is no whole signed bundle: cut off, not signed, or something else"),
        ("Invalid identifier",
            "the file is no whole signed bundle: cut off, not signed, or something else"),
        ("No such file", "there is no such file"),
        ("Compatible mismatch", "the bundle is for another kind of board"),
        ("No space left", "the data partition is full"),
        ("Already processing", "another update is running"),
        ("error creating proxy",
            "RAUC's service does not answer: see 'systemctl status rauc'"),
        ("dm-verity", "the bundle is damaged: a block of it is not what was signed"),
        ("Input/output error", "the bundle is damaged, or the card cannot be written"),
    ];

    public static string Explain(ProgramResult result)
    {
        string said = result.Errors + result.Output;
        foreach ((string part, string meaning) in Meanings)
        {
            if (said.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return meaning;
            }
        }

        string? last = said.Split('\n').LastOrDefault(line =>
            line.Trim().Length > 0 && !line.StartsWith("rauc-Message:", StringComparison.Ordinal));
        return last is null
            ? $"RAUC ended with {result.ExitCode} and without a word"
            : $"RAUC says: {last.Trim()}";
    }
}

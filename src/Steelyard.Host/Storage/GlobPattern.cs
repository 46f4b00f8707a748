using System;
using System.Collections.Generic;

namespace Steelyard.Host.Storage;

/// <summary>File names by pattern, as the shell understands them. glob(7).</summary>
internal static class GlobPattern
{
    /// <summary>Patterns from one line of a file: enough for people, too few to run away.</summary>
    private const int MostAlternatives = 1_000;

    public static bool IsPlain(string name) => !name.AsSpan().ContainsAny("*?[");

    /// <summary><c>a{b,c}d</c> becomes <c>abd</c> and <c>acd</c>; braces may nest.</summary>
    public static IReadOnlyList<string> ExpandBraces(string pattern)
    {
        List<string> done = [];
        Queue<string> open = new([pattern]);
        while (open.Count > 0 && done.Count + open.Count <= MostAlternatives)
        {
            string text = open.Dequeue();
            if (!TryFindBraces(text, out int start, out List<int> cuts))
            {
                done.Add(text);
                continue;
            }

            int from = start + 1;
            foreach (int cut in cuts)
            {
                open.Enqueue(text[..start] + text[from..cut] + text[(cuts[^1] + 1)..]);
                from = cut + 1;
            }
        }

        return done;
    }

    /// <summary>
    /// Whether a single name fits a single pattern; a leading dot must be written.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        (name.IsEmpty || name[0] != '.' || (!pattern.IsEmpty && pattern[0] == '.'))
        && Fits(pattern, name);

    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // Where the last star stands, and how much of the name it has swallowed so far.
        int patternIndex = 0;
        int nameIndex = 0;
        int starIndex = -1;
        int starName = 0;
        while (nameIndex < name.Length)
        {
            if (patternIndex < pattern.Length && pattern[patternIndex] == '*')
            {
                starIndex = patternIndex++;
                starName = nameIndex;
            }
            else if (patternIndex < pattern.Length
                && FitsOne(pattern[patternIndex..], name[nameIndex], out int used))
            {
                patternIndex += used;
                nameIndex++;
            }
            else if (starIndex >= 0)
            {
                patternIndex = starIndex + 1;
                nameIndex = ++starName;
            }
            else
            {
                return false;
            }
        }

        return pattern[patternIndex..].TrimStart('*').IsEmpty;
    }

    private static bool FitsOne(ReadOnlySpan<char> pattern, char letter, out int used)
    {
        used = 1;
        if (pattern[0] == '?')
        {
            return true;
        }

        int end = pattern.Length > 2 ? pattern[2..].IndexOf(']') + 2 : 1;
        if (pattern[0] != '[' || end < 2)
        {
            return pattern[0] == letter;
        }

        used = end + 1;
        ReadOnlySpan<char> set = pattern[1..end];
        bool isInverted = set[0] is '!' or '^';
        set = isInverted ? set[1..] : set;
        bool isIn = false;
        for (int index = 0; index < set.Length; index++)
        {
            if (index + 2 < set.Length && set[index + 1] == '-')
            {
                isIn |= letter >= set[index] && letter <= set[index + 2];
                index += 2;
            }
            else
            {
                isIn |= set[index] == letter;
            }
        }

        return isIn != isInverted;
    }

    /// <summary>
    /// The first pair of braces that holds a comma: its start, and where its parts end.
    /// </summary>
    private static bool TryFindBraces(string text, out int start, out List<int> cuts)
    {
        for (start = text.IndexOf('{'); start >= 0; start = text.IndexOf('{', start + 1))
        {
            cuts = [];
            int depth = 0;
            for (int index = start; index < text.Length; index++)
            {
                depth += text[index] == '{' ? 1 : text[index] == '}' ? -1 : 0;
                if ((text[index] == ',' && depth == 1) || depth == 0)
                {
                    cuts.Add(index);
                }

                if (depth == 0)
                {
                    break;
                }
            }

            if (depth == 0 && cuts.Count > 1)
            {
                return true;
            }
        }

        cuts = [];
        return false;
    }
}

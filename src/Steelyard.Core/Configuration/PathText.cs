using System;
using System.Collections.Generic;

namespace Steelyard.Core.Configuration;

/// <summary>Paths as text: nothing here looks at a disk.</summary>
public static class PathText
{
    /// <summary>Names its files by signs instead of letters.</summary>
    public static bool IsPattern(string path) => path.AsSpan().ContainsAny("*?[{");

    /// <summary>A path that a file mentions, seen from that file; "." and ".." taken out.</summary>
    public static string Resolve(string fromFile, string path)
    {
        if (path.StartsWith('/'))
        {
            return Normalize(path);
        }

        int slash = fromFile.LastIndexOf('/');
        return Normalize(slash < 0 ? path : string.Concat(fromFile.AsSpan(0, slash + 1), path));
    }

    private static string Normalize(string path)
    {
        bool isRooted = path.StartsWith('/');
        List<string> parts = [];
        foreach (string part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != "." && !(part == ".." && isRooted))
            {
                parts.Add(part);
            }
        }

        return (isRooted ? "/" : string.Empty) + string.Join('/', parts);
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;

namespace Steelyard.Host.Hardware;

/// <summary>The kernel's account of memory.</summary>
internal static class MemoryText
{
    /// <param name="whole"><c>/proc/meminfo</c>, which a service may not see.</param>
    /// <param name="node">
    /// The first node's, which it may. It lacks MemAvailable, which is near what is free, cached
    /// from files and reclaimable, but for what is shared.
    /// </param>
    public static (long Total, long Available)? Read(string? whole, string? node)
    {
        Dictionary<string, long> said = Parse(whole ?? node);
        if (!said.TryGetValue("MemTotal", out long total))
        {
            return null;
        }

        if (said.TryGetValue("MemAvailable", out long available))
        {
            return (total, available);
        }

        return said.TryGetValue("MemFree", out long free)
            ? (total, free + Of("FilePages") - Of("Shmem") + Of("SReclaimable"))
            : null;

        long Of(string name) => said.GetValueOrDefault(name);
    }

    /// <summary>Bytes by name, of lines such as <c>Node 0 MemFree:  1234 kB</c>.</summary>
    private static Dictionary<string, long> Parse(string? text)
    {
        Dictionary<string, long> said = new(StringComparer.Ordinal);
        foreach (string line in (text ?? string.Empty).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int name = Array.FindIndex(words, word => word.EndsWith(':'));
            if (name >= 0 && name + 2 < words.Length && words[name + 2] == "kB"
                && long.TryParse(
                    words[name + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long kib))
            {
                said[words[name][..^1]] = kib * 1024;
            }
        }

        return said;
    }
}

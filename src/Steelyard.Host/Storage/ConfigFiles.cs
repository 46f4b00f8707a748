using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Text;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Storage;

/// <summary>Configuration files on the disk.</summary>
internal sealed class ConfigFiles : IConfigFiles
{
    public bool TryRead(
        string path,
        int maximumLength,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? reason)
    {
        text = null;
        reason = null;
        if (path.Length == 0 || path.Contains('\0'))
        {
            reason = "is no file name";
            return false;
        }

        try
        {
            using StreamReader reader = new(path, Encoding.UTF8);
            text = ReadUpTo(reader, maximumLength);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reason = failure switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException when Directory.Exists(path) => "is a directory",
                UnauthorizedAccessException => "permission denied",
                _ => failure.Message,
            };
            return false;
        }
    }

    public ImmutableArray<string> Match(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        SortedSet<string> found = new(StringComparer.Ordinal);
        if (!pattern.Contains('\0'))
        {
            foreach (string alternative in GlobPattern.ExpandBraces(pattern))
            {
                Collect(alternative, found);
            }
        }

        return [.. found];
    }

    private static string ReadUpTo(StreamReader reader, int maximumLength)
    {
        StringBuilder text = new();
        char[] share = new char[4096];
        while (text.Length < maximumLength)
        {
            int length = reader.ReadBlock(
                share, 0, Math.Min(share.Length, maximumLength - text.Length));
            if (length == 0)
            {
                break;
            }

            text.Append(share, 0, length);
        }

        return text.ToString();
    }

    /// <summary>Follows the pattern folder by folder; plain names are not searched for.</summary>
    private static void Collect(string pattern, SortedSet<string> found)
    {
        string[] names = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        List<string> places = [pattern.StartsWith('/') ? "/" : string.Empty];
        for (int index = 0; index < names.Length; index++)
        {
            string name = names[index];
            bool isLast = index == names.Length - 1;
            places = [.. places.SelectMany(place => GlobPattern.IsPlain(name)
                ? [Path.Combine(place, name)]
                : EntriesOf(place, isLast)
                    .Where(entry => GlobPattern.Matches(name, entry))
                    .Select(entry => Path.Combine(place, entry)))];
        }

        found.UnionWith(places.Where(File.Exists));
    }

    private static IEnumerable<string> EntriesOf(string folder, bool wantsFiles)
    {
        string place = folder.Length == 0 ? "." : folder;
        try
        {
            IEnumerable<string> entries = wantsFiles
                ? Directory.GetFiles(place)
                : Directory.GetDirectories(place);
            return entries.Select(entry => Path.GetFileName(entry)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Linux.Files;

namespace Steelyard.Host.Storage;

/// <summary>Configuration files on the disk, whatever editor wrote them.</summary>
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
            text = ReadUpTo(path, maximumLength);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            reason = failure switch
            {
                FileNotFoundException => "no such file",
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

    public bool IsOpenToOthers(string path)
    {
        const UnixFileMode Open =
            UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;
        try
        {
            return (File.GetUnixFileMode(path) & Open) != 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public string? CredentialsFolder =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder
            ? folder : null;

    private static string ReadUpTo(string path, int maximumLength)
    {
        // No encoding takes more than four bytes for a character, with its mark before the first.
        long mostBytes = (4L * maximumLength) + 4;
        using FileStream file = RegularFile.OpenRead(path);
        using MemoryStream bytes = new();
        byte[] share = new byte[16 * 1024];
        int length;
        while (bytes.Length < mostBytes && (length = file.Read(share)) > 0)
        {
            bytes.Write(share, 0, (int)Math.Min(length, mostBytes - bytes.Length));
        }

        string text = TextDecoder.Decode(
            bytes.GetBuffer().AsSpan(0, (int)bytes.Length), isWhole: bytes.Length < mostBytes);
        return text.Length > maximumLength ? text[..maximumLength] : text;
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

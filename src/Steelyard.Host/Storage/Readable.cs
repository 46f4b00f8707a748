using System;
using System.IO;
using Steelyard.Linux.Files;

namespace Steelyard.Host.Storage;

/// <summary>Files as far as they can be read: what cannot be is as if it were not there.</summary>
internal static class Readable
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>A file's text; null when it cannot be read.</summary>
    public static string? Text(string path) => OrNone(() => Required(path));

    /// <summary>A file's text.</summary>
    /// <exception cref="IOException">Why it cannot be read, with its path.</exception>
    public static string Required(string path)
    {
        try
        {
            using FileStream file = RegularFile.OpenRead(path);
            if (file.Length > MostBytes)
            {
                throw new IOException($"is longer than {MostBytes >> 20} MiB");
            }

            using StreamReader text = new(file);
            return text.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} {failure.Message}", failure);
        }
    }

    /// <summary>Paths of the files in a folder that fit a pattern.</summary>
    public static string[] Files(string folder, string pattern = "*") =>
        OrNone(() => Directory.GetFiles(folder, pattern)) ?? [];

    private static T? OrNone<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System;
using System.IO;

namespace Steelyard.Host.Storage;

/// <summary>Files as far as they can be read: what cannot be is as if it were not there.</summary>
internal static class Readable
{
    /// <summary>A file's text; null when it cannot be read.</summary>
    public static string? Text(string path) => OrNone(() => File.ReadAllText(path));

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

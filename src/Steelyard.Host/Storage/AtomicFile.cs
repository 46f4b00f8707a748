using System;
using System.IO;
using Steelyard.Linux.Files;

namespace Steelyard.Host.Storage;

/// <summary>
/// Writes a file so that a power cut at any instant leaves the old one or the new one whole: the
/// bytes are on the disk before the name is, and the name is before the call returns.
/// </summary>
internal static class AtomicFile
{
    private const string Unfinished = ".new";

    /// <summary>Replaces the file, or makes it; a half-written one of before is lost.</summary>
    /// <exception cref="IOException">The file is as it was.</exception>
    public static void Write(string path, byte[] content)
    {
        string unfinished = path + Unfinished;
        try
        {
            using (FileStream file = new(unfinished, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }

        Folder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is overwritten next time.
        }
    }
}

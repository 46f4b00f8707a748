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
    /// <param name="rights">
    /// Who may do what with it, from its first byte on; none means what is usual for a new file.
    /// </param>
    /// <exception cref="IOException">The file is as it was.</exception>
    public static void Write(string path, byte[] content, UnixFileMode? rights = null)
    {
        string unfinished = path + Unfinished;
        try
        {
            // One that a power cut left may be open to others: it is not written into.
            File.Delete(unfinished);
            using (FileStream file = new(unfinished, NewFile(rights)))
            {
                if (rights is UnixFileMode wanted)
                {
                    File.SetUnixFileMode(file.SafeFileHandle, wanted); // The umask took some off.
                }

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

    /// <summary>Deletes a file that the next <see cref="Write"/> makes anew anyway.</summary>
    public static void TryDelete(string path)
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

    private static FileStreamOptions NewFile(UnixFileMode? rights) => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = rights,
    };
}

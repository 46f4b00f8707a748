using System;
using System.Formats.Tar;
using System.Globalization;
using System.IO;

namespace Steelyard.Host.Lab;

/// <summary>
/// Whose a folder is. .NET tells it only to who packs the folder into an archive.
/// </summary>
internal static class FileOwner
{
    /// <summary>The user that the kernel checks rights for.</summary>
    public static int Ourselves
    {
        get
        {
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                // Uid: real, effective, saved and file system's.
                string[] words = line.Split('\t');
                if (words[0] == "Uid:")
                {
                    return int.Parse(words[2], CultureInfo.InvariantCulture);
                }
            }

            throw new LabException("the kernel does not tell whose process this is");
        }
    }

    /// <summary>The owner's number; null for a link, and for what cannot be looked at.</summary>
    public static int? OfFolder(string path)
    {
        try
        {
            using MemoryStream archive = new();
            using (TarWriter writer = new(archive, TarEntryFormat.Gnu, leaveOpen: true))
            {
                writer.WriteEntry(path, "folder");
            }

            archive.Position = 0;
            using TarReader reader = new(archive);
            TarEntry? entry = reader.GetNextEntry();
            return entry?.EntryType is TarEntryType.Directory ? entry.Uid : null;
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

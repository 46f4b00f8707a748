using System;
using System.IO;
using System.Text;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>
/// Why the last root on trial was not kept, in the folder of <see cref="BeforeNote"/>: the journal
/// is in memory, and is lost when the box goes back.
/// </summary>
internal static class TrialNote
{
    private const string Name = "went-back.txt";

    /// <summary>A sentence; null when the last trial ended well, or none did.</summary>
    public static string? Read(string folder) => Readable.Text(PathIn(folder))?.Trim();

    /// <summary>Notes how a trial ended; what was noted before it has served.</summary>
    /// <param name="why">Why the root is not kept; null when it is.</param>
    /// <returns>Null, or why it cannot be noted: the trial's end stands all the same.</returns>
    public static string? End(string folder, string? why)
    {
        BeforeNote.Remove(folder);
        if (why is null)
        {
            Remove(folder);
            return null;
        }

        try
        {
            AtomicFile.Write(PathIn(folder), Encoding.UTF8.GetBytes(why + "\n"));
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{PathIn(folder)} cannot be written: {failure.Message}";
        }
    }

    /// <summary>Another update begins.</summary>
    public static void Remove(string folder) => AtomicFile.TryDelete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, Name);
}

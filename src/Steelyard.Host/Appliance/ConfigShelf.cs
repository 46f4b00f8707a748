using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>
/// The configuration that the box runs, and those it ran before, on the data partition. A power
/// cut at any instant leaves the old one or the new one.
/// </summary>
/// <param name="folder">Made when it is missing.</param>
internal sealed class ConfigShelf(string folder)
{
    /// <summary>Enough to find what worked last month; a few hundred kilobytes at most.</summary>
    public const int MostHistory = 20;

    private const string Suffix = ".conf";
    private readonly string _history = Path.Combine(folder, "history");

    public string CurrentPath { get; } = Path.Combine(folder, "current.conf");

    /// <summary>Earlier configurations, the newest first.</summary>
    public IReadOnlyList<string> History =>
    [
        .. Numbers().OrderDescending().Select(PathOf),
    ];

    /// <summary>The text in force; null when there is none that can be read.</summary>
    public string? ReadCurrent() => Readable.Text(CurrentPath);

    /// <summary>When the text in force was taken in, by the box's clock.</summary>
    public DateTime KeptAtUtc => File.GetLastWriteTimeUtc(CurrentPath);

    /// <summary>
    /// Puts a text in force; the one before goes to the history. On a full disk the history gives
    /// way, the oldest first.
    /// </summary>
    /// <exception cref="IOException">Nothing changed.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing changed.</exception>
    public void Keep(string text)
    {
        _ = Directory.CreateDirectory(_history);
        string? before = ReadCurrent();
        if (before is not null && History.Select(Readable.Text).FirstOrDefault() != before)
        {
            WriteOrMakeRoom(PathOf(Numbers().DefaultIfEmpty(0).Max() + 1), before);
        }

        foreach (string old in History.Skip(MostHistory))
        {
            File.Delete(old);
        }

        WriteOrMakeRoom(CurrentPath, text);
    }

    private void WriteOrMakeRoom(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        while (true)
        {
            try
            {
                AtomicFile.Write(path, bytes);
                return;
            }
            catch (IOException) when (TryDropOldest())
            {
                // There is room for one more now, or one less to drop.
            }
        }
    }

    private bool TryDropOldest()
    {
        IReadOnlyList<string> kept = History;
        if (kept.Count == 0)
        {
            return false;
        }

        File.Delete(kept[kept.Count - 1]);
        return true;
    }

    /// <summary>Numbers order the history: the clock of a box may have stood anywhere.</summary>
    private IEnumerable<int> Numbers() =>
        from path in Readable.Files(_history, "*" + Suffix)
        let name = Path.GetFileNameWithoutExtension(path)
        where int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        select int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);

    private string PathOf(int number) => Path.Combine(
        _history, number.ToString("D6", CultureInfo.InvariantCulture) + Suffix);
}

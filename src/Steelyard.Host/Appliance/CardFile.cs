using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>What a person put on the card for the box to run.</summary>
/// <param name="Name">The file's name on the card; none when there is no such file.</param>
/// <param name="Text">With all that it includes; none when it cannot run.</param>
/// <param name="Complaints">
/// Why it cannot run: the place and the sentence on a line, the line of the file under it.
/// </param>
/// <param name="Remarks">What is said to the log alone.</param>
internal sealed record CardFile(
    string? Name,
    string? Text,
    ImmutableArray<string> Complaints,
    ImmutableArray<string> Remarks)
{
    private const int LongestLine = 100;

    /// <summary>The first that is there counts. Windows hides the last suffix.</summary>
    private static readonly ImmutableArray<string> Names =
        ["steelyard.conf", "keepalived.conf", "steelyard.conf.txt", "keepalived.conf.txt"];

    /// <summary>Reads it and checks it as <c>steelyard check</c> does.</summary>
    public static CardFile Read(string card, IConfigFiles disk, string hostName)
    {
        ImmutableArray<string> there = Find(card);
        if (there.IsEmpty)
        {
            return new(null, null, [], []);
        }

        string path = there[0];
        SnapshotFiles files = new(disk);
        ConfigurationResult result = ConfigurationFile.Load(path, files, hostName);
        ImmutableArray<string> remarks =
        [
            .. result.Faults.Where(fault => fault.IsWarning)
                .Select(fault => Place(fault, card) + "warning: " + fault.Sentence),
            .. there.Skip(1).Select(
                other => $"{Path.GetFileName(other)} is left aside for {Path.GetFileName(path)}"),
        ];
        ImmutableArray<string> complaints =
        [
            .. result.Faults.Where(fault => !fault.IsWarning)
                .SelectMany(fault => Explain(fault, card, files)),
        ];
        string text = complaints.IsEmpty ? ConfigurationFile.Merge(path, files) : string.Empty;
        if (complaints.IsEmpty && string.IsNullOrWhiteSpace(text))
        {
            complaints = [$"{Path.GetFileName(path)}:1: the file is empty"];
        }

        return new(
            Path.GetFileName(path), complaints.IsEmpty ? text : null, complaints, remarks);
    }

    /// <summary>A card that cannot be read is one without a configuration.</summary>
    private static ImmutableArray<string> Find(string card)
    {
        string[] there = Readable.Files(card);
        return
        [
            .. from name in Names
               from path in there.Order(StringComparer.Ordinal)
               where name.Equals(Path.GetFileName(path), StringComparison.OrdinalIgnoreCase)
               select path,
        ];
    }

    private static ImmutableArray<string> Explain(
        ConfigFault fault, string card, SnapshotFiles files)
    {
        string said = Place(fault, card) + fault.Sentence;
        string? line = files.TryRead(
            fault.Position.File, ConfigurationFile.MaximumCharacters, out string? text, out _)
            ? text.Split('\n').ElementAtOrDefault(fault.Position.Line - 1)?.Trim()
            : null;
        if (string.IsNullOrEmpty(line))
        {
            return [said];
        }

        string shown = line.Length > LongestLine ? line[..LongestLine] + " ..." : line;
        return [said, "    " + shown];
    }

    /// <summary>As the person who looks at the card sees the file.</summary>
    private static string Place(ConfigFault fault, string card)
    {
        string folder = card.EndsWith('/') ? card : card + "/";
        string file = fault.Position.File;
        string name = file.StartsWith(folder, StringComparison.Ordinal)
            ? file[folder.Length..]
            : file;
        return $"{name}:{fault.Position.Line}: ";
    }
}

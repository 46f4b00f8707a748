using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// What the IPVS of a real kernel did, step by step, recorded as data; Data/ipvs/README.md gives
/// the format.
/// </summary>
/// <param name="Name">The file's path below Data/ipvs, without its ending.</param>
/// <param name="Earlier">What the master of a backup's messages had lived through.</param>
/// <param name="Messages">What that master had sent.</param>
/// <param name="Virtuals">Addresses of the virtual network that occur in the file.</param>
internal sealed partial record Scenario(
    string Name,
    ImmutableArray<string> Setup,
    ImmutableArray<(string Name, string Value)> Sysctl,
    ImmutableArray<MarkRule> Marks,
    ImmutableArray<JsonElement> Events,
    ImmutableArray<JsonElement> Earlier,
    ImmutableArray<byte[]> Messages,
    ImmutableArray<IpAddress> Virtuals)
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Data", "ipvs");

    /// <summary>The recordings of a folder below Data/ipvs; its own without a name.</summary>
    public static IEnumerable<string> NamesIn(string folder) => Directory
        .GetFiles(Path.Combine(Folder, folder), "*.json")
        .Select(path => Path.GetRelativePath(Folder, path)[..^".json".Length])
        .Where(name => name != Better.FileName)
        .Order(StringComparer.Ordinal);

    /// <summary>Directors of a recording that were told of connections, by number.</summary>
    public static IEnumerable<string> BackupsOf(string name) =>
        JsonDocument.Parse(Read(name)).RootElement.TryGetProperty("backups", out JsonElement all)
            ? Enumerable.Range(0, all.GetArrayLength()).Select(number => $"{name} {number}")
            : [];

    /// <summary>A director into which all messages of a recording are put.</summary>
    /// <param name="backup">The recording and a number.</param>
    public static Scenario LoadBackup(string backup)
    {
        string[] words = backup.Split(' ');
        Scenario master = Load(words[0]);
        JsonElement root = JsonDocument.Parse(Read(words[0])).RootElement;
        JsonElement director =
            root.GetProperty("backups")[int.Parse(words[1], CultureInfo.InvariantCulture)];
        return master with
        {
            Name = backup,
            Setup = Lines(director, "setup"),
            Events = [.. director.GetProperty("events").EnumerateArray()],
            Earlier = master.Events,
            Messages =
            [
                .. root.GetProperty("messages").EnumerateArray().Select(message =>
                    Convert.FromHexString(message.GetProperty("payload").GetString()!))
            ],
        };
    }

    public static Scenario Load(string name)
    {
        string text = Read(name);
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Assert.Contains(
            root.GetProperty("format").GetString(),
            new[] { "ipvs-golden/1", "ipvs-golden-sync/1" });
        return new(
            name,
            Lines(root, "setup"),
            root.TryGetProperty("sysctl", out JsonElement set)
                ? [.. set.EnumerateObject().Select(one => (one.Name, one.Value.ToString()))]
                : [],
            root.TryGetProperty("marks", out JsonElement rules)
                ? [.. rules.EnumerateArray().Select(ReadRule)]
                : [],
            [.. root.GetProperty("events").EnumerateArray()],
            Earlier: [],
            Messages: [],
            VirtualsIn(text));
    }

    /// <summary>Every address of 10.9.0.0/16 and fd00:9::/64 in a text.</summary>
    public static ImmutableArray<IpAddress> VirtualsIn(string text) =>
    [
        .. VirtualAddress().Matches(text)
            .Select(match => match.Value)
            .Distinct()
            .Select(address => IpAddress.Parse(address))
    ];

    private static string Read(string name) =>
        File.ReadAllText(Path.Combine(Folder, name + ".json"));

    private static ImmutableArray<string> Lines(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(line => line.GetString()!)];

    private static MarkRule ReadRule(JsonElement rule)
    {
        Assert.All(rule.EnumerateObject(), field => Assert.Contains(
            field.Name, new[] { "mark", "proto", "src", "dst", "dport" }));
        string protocol = rule.GetProperty("proto").GetString()!;
        MarkRule read = new(rule.GetProperty("mark").GetUInt32())
        {
            Protocol = Enum.Parse<TransportProtocol>(protocol, ignoreCase: true),
            Source = Network(rule, "src"),
            Destination = Network(rule, "dst"),
        };
        if (!rule.TryGetProperty("dport", out JsonElement port))
        {
            return read;
        }

        return read with { FirstPort = port.GetUInt16(), LastPort = port.GetUInt16() };
    }

    private static IpPrefix? Network(JsonElement rule, string field)
    {
        if (!rule.TryGetProperty(field, out JsonElement text))
        {
            return null;
        }

        Assert.True(IpPrefix.TryParse(text.GetString(), out IpPrefix network));
        return network;
    }

    [GeneratedRegex(@"(?<![0-9.])10\.9\.\d+\.\d+(?![0-9.])|fd00:9::[0-9a-f]+")]
    private static partial Regex VirtualAddress();
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
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
/// <param name="Virtuals">Addresses of the virtual network that occur in the file.</param>
internal sealed partial record Scenario(
    string Name,
    ImmutableArray<string> Setup,
    ImmutableArray<(string Name, string Value)> Sysctl,
    ImmutableArray<MarkRule> Marks,
    ImmutableArray<JsonElement> Events,
    ImmutableArray<IpAddress> Virtuals)
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Data", "ipvs");

    /// <summary>The recordings of a folder below Data/ipvs; its own without a name.</summary>
    public static IEnumerable<string> NamesIn(string folder) => Directory
        .GetFiles(Path.Combine(Folder, folder), "*.json")
        .Select(path => Path.GetRelativePath(Folder, path)[..^".json".Length])
        .Where(name => name != Better.FileName)
        .Order(StringComparer.Ordinal);

    public static Scenario Load(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name + ".json"));
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Assert.Contains(
            root.GetProperty("format").GetString(),
            new[] { "ipvs-golden/1", "ipvs-golden-sync/1" });
        return new(
            name,
            [.. root.GetProperty("setup").EnumerateArray().Select(line => line.GetString()!)],
            root.TryGetProperty("sysctl", out JsonElement set)
                ? [.. set.EnumerateObject().Select(one => (one.Name, one.Value.ToString()))]
                : [],
            root.TryGetProperty("marks", out JsonElement rules)
                ? [.. rules.EnumerateArray().Select(ReadRule)]
                : [],
            [.. root.GetProperty("events").EnumerateArray()],
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

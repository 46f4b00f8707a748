using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>What the IPVS of a real kernel did, step by step, recorded as data.</summary>
public sealed record Scenario(
    string Name,
    ImmutableArray<string> Setup,
    ImmutableArray<(string Name, int Value)> Sysctl,
    ImmutableArray<MarkRule> Marks,
    ImmutableArray<JsonElement> Events)
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Data", "ipvs");

    public static IEnumerable<string> Names => Directory
        .GetFiles(Folder, "*.json")
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Order(StringComparer.Ordinal);

    public static Scenario Load(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name + ".json"));
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Assert.Equal("ipvs-golden/1", root.GetProperty("format").GetString());
        ImmutableArray<(string, int)> sysctl = root.TryGetProperty("sysctl", out JsonElement set)
            ? [.. set.EnumerateObject().Select(one => (one.Name, one.Value.GetInt32()))]
            : [];
        ImmutableArray<MarkRule> marks = root.TryGetProperty("marks", out JsonElement rules)
            ? [.. rules.EnumerateArray().Select(MarkRule.Read)]
            : [];
        return new(
            name,
            [.. root.GetProperty("setup").EnumerateArray().Select(line => line.GetString()!)],
            sysctl,
            marks,
            [.. root.GetProperty("events").EnumerateArray()]);
    }
}

/// <summary>A firewall rule that marks packets from the clients' side.</summary>
public sealed record MarkRule(
    uint Mark, TransportProtocol Protocol, IpPrefix? Source, IpPrefix? Destination, int? Port)
{
    public bool Matches(in FlowKey flow) =>
        flow.Protocol == Protocol
        && (Source is not { } source || source.Contains(flow.Client.Address))
        && (Destination is not { } destination || destination.Contains(flow.Virtual.Address))
        && (Port is not { } port || flow.Virtual.Port == port);

    internal static MarkRule Read(JsonElement rule)
    {
        Assert.All(rule.EnumerateObject(), field => Assert.Contains(
            field.Name, new[] { "mark", "proto", "src", "dst", "dport" }));
        return new(
            rule.GetProperty("mark").GetUInt32(),
            Enum.Parse<TransportProtocol>(rule.GetProperty("proto").GetString()!, true),
            Network(rule, "src"),
            Network(rule, "dst"),
            rule.TryGetProperty("dport", out JsonElement port) ? port.GetInt32() : null);
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
}

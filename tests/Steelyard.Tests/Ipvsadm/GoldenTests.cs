using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Ipvsadm;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>
/// What the real tool printed and returned, on a real kernel, for every command line of the
/// recorded scenarios. Packets are not sent here: numbers that traffic makes are taken from the
/// recorded listing, and it is the layout, the order and the rest of the text that must be ours.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder =
        Path.Combine(AppContext.BaseDirectory, "Data", "ipvs");

    public static TheoryData<string> Files => [.. Directory
        .EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)
        .Where(path => File.ReadLines(path).Take(2).Any(
            line => line.Contains("ipvs-golden/", StringComparison.Ordinal)
                || line.Contains("ipvs-golden-sync/", StringComparison.Ordinal)))
        .Select(path => Path.GetRelativePath(Folder, path))
        .Where(path => path != "usage.json") // the help is in our own words
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_command_line_ends_and_prints_as_recorded(string file)
    {
        using JsonDocument scenario =
            JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, file)));
        JsonElement root = scenario.RootElement;
        ModelBox box = new();
        foreach (JsonElement setup in root.GetProperty("setup").EnumerateArray())
        {
            Assert.Equal((0, "", ""), await RunAsync(box, setup.GetString()!));
        }

        int compared = 0;
        foreach (JsonElement happening in root.GetProperty("events").EnumerateArray())
        {
            string kind = happening.GetProperty("op").GetString()!;
            if (kind is "ipvsadm" or "list" && await CompareAsync(box, happening))
            {
                compared++;
            }
        }

        Assert.True(compared > 0 || !HasOtherThanConnections(root), "nothing was compared");
    }

    private static bool HasOtherThanConnections(JsonElement root) => root.GetProperty("events")
        .EnumerateArray()
        .Any(happening => happening.GetProperty("op").GetString() is "ipvsadm" or "list"
            && !happening.GetProperty("args").GetString()!.StartsWith(
                "-Lnc", StringComparison.Ordinal));

    private static async Task<bool> CompareAsync(ModelBox box, JsonElement happening)
    {
        string arguments = happening.GetProperty("args").GetString()!;
        JsonElement expected = happening.GetProperty("op").GetString() == "list" ? happening
            : happening.TryGetProperty("expect", out JsonElement expect) ? expect : default;
        bool expectsSilence = expected.ValueKind == JsonValueKind.Undefined;
        string[] wanted = expectsSilence ? [] : Lines(expected, "stdout");
        string complaint = expectsSilence ? "" : Text(Lines(expected, "stderr"));
        int exitCode = !expectsSilence && expected.TryGetProperty("rc", out JsonElement code)
            ? code.GetInt32()
            : 0;
        if (arguments.Contains("-Lnc", StringComparison.Ordinal))
        {
            box.Connections = RecordedNumbers.ReadConnections(wanted);
        }
        else if (!RecordedNumbers.AreExact(wanted))
        {
            return false;
        }

        box.Touch = entry => RecordedNumbers.Fill(entry, wanted);
        (int Code, string Output, string Error) result =
            await RunAsync(box, arguments, Text(Lines(happening, "stdin")));

        string shown = happening.TryGetProperty("compare", out _)
            ? Text(SortRows(result.Output.TrimEnd('\n').Split('\n')))
            : result.Output;
        Assert.Equal($"{arguments}\n{Text(wanted)}", $"{arguments}\n{shown}");
        Assert.Equal((arguments, complaint), (arguments, result.Error));
        Assert.Equal((arguments, exitCode), (arguments, result.Code));
        return true;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        ModelBox box, string arguments, string input = "")
    {
        using StringReader reader = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        IpvsadmProgram program =
            new(box, new FixedNames(), new(reader, output, error));
        int code = await program.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>After the two header lines, bytewise, as the recording was sorted.</summary>
    private static IEnumerable<string> SortRows(string[] lines) =>
        lines.Take(2).Concat(lines.Skip(2).Order(StringComparer.Ordinal));

    private static string[] Lines(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement lines)
            ? [.. lines.EnumerateArray().Select(line => line.GetString()!)]
            : [];

    private static string Text(IEnumerable<string> lines) =>
        string.Concat(lines.Select(line => line + "\n"));
}

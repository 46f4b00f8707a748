using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Runs command lines of <c>ipvsadm</c> and compares exit code, output and complaint to the byte.
/// </summary>
internal sealed class CommandReplay(GoldenWorld world)
{
    private const string NoFinalNewline = "_no_final_newline";

    /// <summary>For a command that succeeds and says nothing.</summary>
    public string? DifferenceOfSilent(string arguments) =>
        Difference((0, "", ""), world.Ipvsadm(arguments));

    public string? DifferenceOf(JsonElement step, JsonElement expected)
    {
        (int Code, string Output, string Error) got =
            world.Ipvsadm(step.Text("args")!, Text(step, "stdin"));
        if (expected.ValueKind == JsonValueKind.Undefined)
        {
            return Difference((0, "", ""), got);
        }

        if (expected.TryGetProperty("stdout_begins", out _))
        {
            string start = Text(expected, "stdout_begins");
            got.Output = got.Output[..Math.Min(start.Length, got.Output.Length)];
            return Difference((0, start, ""), got);
        }

        return Difference(
            (expected.Number("rc"), Text(expected, "stdout"), Text(expected, "stderr")), got);
    }

    public string? DifferenceOfListing(JsonElement step, JsonElement expected)
    {
        (int code, string output, string error) = world.Ipvsadm(step.Text("args")!);
        string shown = step.Text("compare") switch
        {
            null => output,
            "sorted" => Sorted(output),
            string other => throw new NotSupportedException(other),
        };
        return Difference((0, Text(expected, "stdout"), ""), (code, shown, error));
    }

    /// <summary>Rows after the two header lines, bytewise.</summary>
    private static string Sorted(string output)
    {
        string[] lines = output.TrimEnd('\n').Split('\n');
        return Joined(lines.Take(2).Concat(lines.Skip(2).Order(StringComparer.Ordinal)));
    }

    private static string? Difference(
        (int Code, string Output, string Error) wanted,
        (int Code, string Output, string Error) got) =>
        wanted == got ? null : $"{Shown(got)}expected:\n{Shown(wanted)}";

    private static string Shown((int Code, string Output, string Error) result) =>
        $"exit code {result.Code}\n{result.Output}{result.Error}\n";

    private static string Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement lines))
        {
            return string.Empty;
        }

        if (lines.ValueKind == JsonValueKind.String)
        {
            return lines.GetString()!;
        }

        string text = Joined(lines.EnumerateArray().Select(line => line.GetString()!));
        return element.TryGetProperty(name + NoFinalNewline, out _) ? text[..^1] : text;
    }

    private static string Joined(IEnumerable<string> lines) =>
        string.Concat(lines.Select(line => line + "\n"));
}

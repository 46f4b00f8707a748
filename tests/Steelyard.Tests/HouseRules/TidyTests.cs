using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Steelyard.Tests.HouseRules;

/// <summary>What keeps files readable. Each message says what to do instead.</summary>
public sealed partial class TidyTests
{
    private const int LongestLine = 100;
    private const int LongestFile = 400;
    private const int LongestBlock = 70;

    private static readonly (string Path, string[] Lines)[] Files =
        [.. SourceTree.Files("src"), .. SourceTree.Files("tests")];

    [Fact]
    public void A_line_fits_into_a_hundred_columns()
    {
        Assert.Empty(Lines((_, line) => line.Length > LongestLine, "break the line"));
    }

    [Fact]
    public void A_file_holds_one_thing()
    {
        Assert.Empty(Files
            .Where(file => file.Lines.Length > LongestFile)
            .Select(file => $"{file.Path}: {file.Lines.Length} lines; give a part its own file"));
    }

    [Fact]
    public void A_method_fits_on_a_screen()
    {
        Assert.Empty(Files.SelectMany(file => LongBlocks(file.Path, file.Lines)));
    }

    [Fact]
    public void Nothing_is_left_for_later_in_the_code()
    {
        Assert.Empty(Lines(
            (path, line) => !path.Contains("/HouseRules/") && Leftover().IsMatch(line),
            "do it, or write it down where work is planned"));
    }

    [Fact]
    public void Code_is_not_kept_in_comments()
    {
        Assert.Empty(Lines(
            (_, line) => CommentedOut().IsMatch(line), "delete it; the history keeps it"));
    }

    [Fact]
    public void What_the_log_says_is_in_one_class()
    {
        Assert.Empty(Lines(
            (path, line) => line.Contains("[LoggerMessage(", StringComparison.Ordinal)
                && !path.EndsWith("/Logging/Log.cs", StringComparison.Ordinal)
                && !path.Contains("/HouseRules/"),
            "move it there: the order of several classes in generated code is chance"));
    }

    [Fact]
    public void Names_are_written_short_and_the_using_lines_tell_the_rooms()
    {
        Assert.Empty(Lines(
            (path, line) => !path.Contains("/HouseRules/") && FullName().IsMatch(line),
            "add a using line"));
    }

    private static IEnumerable<string> Lines(Func<string, string, bool> isWrong, string advice) =>
        from file in Files
        from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
        where isWrong(file.Path, line.Text)
        select $"{file.Path}:{line.Number}: {advice}";

    /// <summary>Blocks of anything but a type, by their braces' indentation.</summary>
    private static IEnumerable<string> LongBlocks(string path, string[] lines)
    {
        for (int start = 1; start < lines.Length; start++)
        {
            string text = lines[start];
            if (text.TrimStart() != "{" || OpensType(lines, start))
            {
                continue;
            }

            string close = text.Replace('{', '}');
            int end = Array.FindIndex(
                lines, start, line => line.StartsWith(close, StringComparison.Ordinal));
            if (end - start - 1 > LongestBlock)
            {
                yield return $"{path}:{start + 1}: {end - start - 1} lines; "
                    + "give a thought of it a name and a method";
            }
        }
    }

    private static bool OpensType(string[] lines, int brace)
    {
        for (int at = brace - 1; at >= 0 && lines[at].Length > 0; at--)
        {
            if (TypeHeader().IsMatch(lines[at]))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"^\s*//(?!/).*[;{]\s*$")]
    private static partial Regex CommentedOut();

    [GeneratedRegex(@"^(?!\s*(using|namespace|//)\b)[^""]*\bSteelyard\.(Core|Linux|Host)\.")]
    private static partial Regex FullName();

    [GeneratedRegex(@"^\s*[a-z ]*\b(class|struct|record|interface|enum)\b")]
    private static partial Regex TypeHeader();
}

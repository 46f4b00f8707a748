using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Host.Commands;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Commands;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task A_fault_is_shown_with_its_line_and_a_caret_under_its_place()
    {
        (int code, string output, string error) = await CheckAsync(
            "global_defs {\n\trouter_idd box-a\n}\n");

        Assert.Equal((ExitCodes.BadUsage, ""), (code, output));
        string[] lines = error.Split(Environment.NewLine);
        Assert.StartsWith("box.conf:2:2: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("    \trouter_idd box-a", lines[1]);
        Assert.Equal("    \t^", lines[2]);
        Assert.Contains("1 error;", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("    key hex:0123456789abcdefxyz")]
    [InlineData("    key 0123456789abcdefxyz")]
    [InlineData("    key hex: 0123456789abcdefxyz")]
    [InlineData("    key \"hex:0123456789abcdefxyz\"")]
    public async Task The_line_of_a_fault_shows_no_key(string line)
    {
        (int code, string output, string error) = await CheckAsync($"sync {{\n{line}\n}}\n");

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.DoesNotContain("0123456789", output + error, StringComparison.Ordinal);
        Assert.Contains("****", error, StringComparison.Ordinal);
    }

    /// <summary>U+202E turns what follows it; U+2029 begins a line.</summary>
    [Theory]
    [InlineData("global_defs { router_id \"a\u202eb\u2029c\" }\n", @"'a\u202eb\u2029c'")]
    [InlineData("global_defs {\n  a\u202eb 1\n}\n", @"'a\u202eb' is not a word")]
    [InlineData("global_defs {\n  a\u202eb\U000e0041c 1\n}\n", "    a\u00b7b\u00b7\u00b7c 1")]
    public async Task Names_turn_nothing_that_is_shown(string text, string shown)
    {
        (_, string output, string error) = await CheckAsync(text);

        Assert.Contains(shown, output + error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', output + error);
        Assert.DoesNotContain('\u2029', output + error);
    }

    [Fact]
    public async Task A_missing_file_ends_with_2()
    {
        (int code, _, string error) = await CheckAsync(text: null);

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains("no such file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_file_says_what_would_run()
    {
        const string Text = """
            global_defs { router_id box-a }
            vrrp_instance outside {
                interface eth0
                virtual_router_id 51
                priority 150
                virtual_ipaddress { 192.0.2.10/24 }
            }
            virtual_server 192.0.2.10 80 {
                protocol TCP
                lvs_sched rr
                lvs_method NAT
                real_server 10.1.0.11 8080 { TCP_CHECK { } }
                real_server 10.1.0.12 8080 { }
            }
            """;

        (int code, string output, string error) = await CheckAsync(
            Text.Replace("{ ", "{\n", StringComparison.Ordinal)
                .Replace(" }", "\n}", StringComparison.Ordinal));

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Contains("'box-a'", output, StringComparison.Ordinal);
        Assert.Contains("outside: VRID 51 on eth0, priority 150", output, StringComparison.Ordinal);
        Assert.Contains(
            "tcp 192.0.2.10:80: rr, 2 real servers, 1 check", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_cannot_send_control_characters_to_the_terminal()
    {
        (_, _, string error) = await CheckAsync("\u001b[2J nonsense\n");

        Assert.DoesNotContain("\u001b", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", "\r\n")]
    [InlineData("utf-16", "\r\n")]
    [InlineData("utf-16BE", "\r")]
    public async Task A_file_of_another_systems_editor_is_read_and_its_lines_are_counted(
        string encodingName, string lineEnd)
    {
        Encoding encoding = Encoding.GetEncoding(encodingName);
        string text = "global_defs {\n  router_idd box-a\n}\n"
            .Replace("\n", lineEnd, StringComparison.Ordinal);
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, text, encoding);
        using StringWriter error = new();

        int code = await CheckCommand.RunAsync(path, new ConfigFiles(), TextWriter.Null, error);

        File.Delete(path);
        string[] lines = error.ToString().Split(Environment.NewLine);
        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.StartsWith($"{path}:2:3: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["      router_idd box-a", "      ^"], lines[1..3]);
    }

    private static async Task<(int Code, string Output, string Error)> CheckAsync(string? text)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await CheckCommand.RunAsync(
            "box.conf", new OneFile(text), output, error);
        return (code, output.ToString(), error.ToString());
    }

    private sealed class OneFile(string? content) : IConfigFiles
    {
        public bool TryRead(
            string path,
            int maximumLength,
            [NotNullWhen(true)] out string? text,
            [NotNullWhen(false)] out string? reason)
        {
            text = content;
            reason = content is null ? "no such file" : null;
            return content is not null;
        }

        public ImmutableArray<string> Match(string pattern) => [];
    }
}

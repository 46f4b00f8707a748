using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Commands;

namespace Steelyard.Tests.Commands;

/// <summary>Exit codes: 0 done, 1 the box said no, 2 bad usage, 3 no box answers.</summary>
public sealed class CommandLineTests
{
    private const string NoSocket = "/nonexistent/steelyard.sock";

    [Theory]
    [InlineData("dance", "'dance'")]
    [InlineData("run", "--config")]
    [InlineData("status --wach", "'--wach'")]
    [InlineData("lab --scenario nosuch", "nosuch")]
    [InlineData("lab --json", "'--scenario'")]
    [InlineData("explain 10.0.0.1 10.0.0.2:80", "'10.0.0.1'")]
    [InlineData("explain 10.0.0.1:1 10.0.0.2:80/icmp", "'icmp'")]
    [InlineData("check", "check")]
    [InlineData("panel dance", "dance")]
    [InlineData("health-gate --within 0", "--within")]
    [InlineData("health-gate --within x", "--within")]
    [InlineData("health-gate --within 15", "longer than '--steady'")]
    [InlineData("update", "update")]
    [InlineData("failover a b", "'b'")]
    [InlineData("@/etc/hostname", "@/etc/hostname")]
    public async Task Bad_usage_ends_with_2_and_names_what_is_wrong(string line, string named)
    {
        (int code, string output, string error) = await RunAsync(line);

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("--help", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("status --json")]
    [InlineData("failover")]
    [InlineData("failover outside --force")]
    [InlineData("explain 10.0.0.1:1 10.0.0.2:80")]
    [InlineData("explain 10.0.0.1:1 [2001:db8::1]:53/udp")]
    public async Task Without_a_box_a_command_ends_with_3_and_says_where_it_looked(string line)
    {
        (int code, string output, string error) =
            await RunAsync($"{line} --socket {NoSocket}");

        Assert.Equal(ExitCodes.NoBox, code);
        Assert.Contains(NoSocket, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("lab")]
    [InlineData("check")]
    [InlineData("status")]
    [InlineData("failover")]
    [InlineData("explain")]
    [InlineData("intake")]
    [InlineData("panel")]
    [InlineData("health-gate")]
    [InlineData("update")]
    [InlineData("certificate")]
    public async Task Help_ends_with_0_and_shows_examples(string command)
    {
        (int code, string output, string error) = await RunAsync($"{command} --help");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains($"Examples:{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.Contains($"steelyard {command}", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("", "--help")]
    [InlineData("help", "--help")]
    [InlineData("help check", "check --help")]
    [InlineData("help lab", "lab --help")]
    [InlineData("version", "--version")]
    public async Task Help_and_version_have_names_that_people_try(string tried, string meant)
    {
        (int code, string output, string error) = await RunAsync(tried);

        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal((await RunAsync(meant)).Output, output);
        Assert.NotEmpty(output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task A_refusal_ends_with_1_and_the_boxs_sentence()
    {
        using StringWriter error = new();

        int code = await CommandLine.GuardAsync(
            () => throw new BoxRefusedException("no living twin"), error);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Equal($"steelyard: no living twin{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task Whatever_breaks_ends_with_1_and_one_sentence()
    {
        using StringWriter error = new();

        int code = await CommandLine.GuardAsync(
            () => throw new UriFormatException("no \e[1m name\nat all"), error);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Equal(
            "steelyard: this did not work out: UriFormatException: no \\x1b[1m name\\x0aat all"
            + Environment.NewLine,
            error.ToString());
    }

    [Theory]
    [InlineData("-c a.conf", 0)]
    [InlineData("-c a.conf -v", 1)]
    [InlineData("-c a.conf --verbose -v", 2)]
    [InlineData("-c a.conf -vv", 2)]
    public void Verbose_counts(string line, int expected)
    {
        Command command = RunCommand.Build().Command;
        Option<bool> verbose = (Option<bool>)command.Options[2];

        ParseResult parsed = command.Parse(line);

        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, RunCommand.CountVerbose(parsed, verbose));
    }

    [Theory]
    [InlineData("ipvsadm", "", true)]
    [InlineData("ipvsadm-save", "-n", true)]
    [InlineData("ipvsadm-restore", "", true)]
    [InlineData("steelyard", "ipvsadm -Ln", true)]
    [InlineData("steelyard", "status ipvsadm", false)]
    [InlineData("dotnet", "", false)]
    public void Ipvsadm_is_meant_by_its_names(string calledAs, string arguments, bool expected)
    {
        Assert.Equal(
            expected,
            IpvsadmCommandLine.IsMeant(
                calledAs, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("ipvsadm", "--socket /nonexistent/s -Ln", 3)]
    [InlineData("ipvsadm", "--socket=/nonexistent/s -Ln", 3)]
    [InlineData("steelyard", "ipvsadm --socket /nonexistent/s -C", 3)]
    [InlineData("ipvsadm-save", "--socket /nonexistent/s -n", 3)]
    [InlineData("ipvsadm-restore", "--socket /nonexistent/s", 3)]
    [InlineData("ipvsadm-restore", "-h", 2)]
    [InlineData("ipvsadm", "-A", 2)]
    [InlineData("ipvsadm", "-Ln --socket /nonexistent/s", 3)]
    [InlineData("ipvsadm", "-Ln --socket", 255)]
    [InlineData("steelyard", "ipvsadm -h", 0)]
    public async Task Ipvsadm_takes_the_socket_wherever_it_stands(
        string calledAs, string arguments, int expected)
    {
        using StringWriter output = new();
        using StringWriter error = new();

        int code = await IpvsadmCommandLine.RunAsync(
            calledAs,
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            TextReader.Null,
            output,
            error);

        Assert.Equal((expected, expected != 0), (code, error.ToString().Length > 0));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        ImmutableArray<Part> parts =
        [
            RunCommand.Build(),
            LabCommand.Build(),
            CheckCommand.Build(),
            StatusCommand.Build(),
            FailoverCommand.Build(),
            ExplainCommand.Build(),
            IpvsadmCommandLine.Build(),
            IntakeCommand.Build(),
            PanelCommand.Build(),
            HealthGateCommand.Build(),
            UpdateCommand.Build(),
            CertificateCommand.Build(),
        ];
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await CommandLine.RunAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), parts, output, error);
        return (code, output.ToString(), error.ToString());
    }
}

using System;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Commands;
using Steelyard.Host.Ipvsadm;
using Steelyard.Tests.Api;
using Steelyard.Tests.Ipvsadm;

namespace Steelyard.Tests.Commands;

/// <summary>Client commands against a box in memory, over a real control socket.</summary>
public sealed class ClientCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly FakeBox _box = new();
    private ControlSocket _socket = null!;

    public async Task InitializeAsync() => _socket = await ControlSocket.StartAsync(
        Path.Combine(_folder.FullName, "s"), _box, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _socket.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Status_shows_the_box()
    {
        (int code, string output, _) = await RunAsync("status");

        Assert.Equal(ExitCodes.Done, code);
        Assert.StartsWith("box-a, steelyard", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_in_json_is_one_object_on_one_line()
    {
        (int code, string output, _) = await RunAsync("status --json");

        Assert.Equal(ExitCodes.Done, code);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal("box-a", document.RootElement.GetProperty("box").GetString());
        Assert.Equal(output.Length - 1, output.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failover_asks_the_box_and_repeats_its_word()
    {
        (int code, string output, _) = await RunAsync("failover outside --force");

        Assert.Equal((ExitCodes.Done, "so be it\n"), (code, output));
        Assert.Equal(["failover outside by force"], _box.Asked);
    }

    [Fact]
    public async Task A_refused_failover_ends_with_1()
    {
        _box.NextAnswer = ControlAnswer.Refused("no_twin", "no living twin can take over");

        (int code, string output, string error) = await RunAsync("failover");

        Assert.Equal(
            (ExitCodes.Refused, "", "steelyard: no living twin can take over\n"),
            (code, output, error));
    }

    [Fact]
    public async Task Explain_tells_the_steps_and_the_end()
    {
        (int code, string output, _) =
            await RunAsync("explain 10.1.2.3:40000 192.168.100.1:80/udp");

        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal(["explain Udp 10.1.2.3:40000 192.168.100.1:80"], _box.Asked);
        Assert.Equal(
            " 1. the packet is for tcp 192.168.100.1:80\n"
            + " 2. wlc picks 10.0.0.11:8080\n"
            + "=> tcp 192.168.100.1:80 forwards it to 10.0.0.11:8080 (nat) out of eth1 "
            + "by way of 10.0.0.11 at 02:00:00:00:00:11\n",
            output);
    }

    [Theory]
    [InlineData("/sctp", "Sctp")]
    [InlineData("/TCP", "Tcp")]
    [InlineData("", "Tcp")]
    public async Task Explain_asks_about_the_protocol_behind_the_port(string suffix, string name)
    {
        await RunAsync($"explain 10.1.2.3:40000 [2001:db8::1]:80{suffix}");

        Assert.Equal([$"explain {name} 10.1.2.3:40000 [2001:db8::1]:80"], _box.Asked);
    }

    [Fact]
    public async Task Explain_knows_no_other_protocol()
    {
        (int code, _, string error) = await RunAsync("explain 10.1.2.3:4 192.168.100.1:80/icmp");

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains("'icmp' is not tcp, udp or sctp.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ipvsadm_changes_services_over_the_socket()
    {
        (int code, string output, string error) =
            await IpvsadmAsync("-a -t 192.168.100.1:80 -r 10.0.0.11:8080 -m -w 3");

        Assert.Equal((0, "", ""), (code, output, error));
        Assert.Equal("10.0.0.11:8080", Assert.Single(_box.Changes).Server!.Endpoint.ToString());
    }

    [Fact]
    public async Task Ipvsadm_lists_over_the_socket()
    {
        _box.Connections = [FakeBox.Connection(40_000)];

        (int code, string output, _) = await IpvsadmAsync("-Lnc");

        Assert.Equal(0, code);
        Assert.EndsWith(
            "\nTCP 01:59  FIN_WAIT    10.0.0.1:40000     192.168.100.1:80   10.0.0.11:8080\n",
            output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-A -t 192.168.100.1:80 -p 300 -M 255.255.255.0 --pe sip")]
    [InlineData("-A -f 1")]
    [InlineData("-A -f 1 -6 -p")]
    [InlineData("-A --sctp-service 192.168.100.1:80")]
    [InlineData("-A -t [2001:db8::1]:80 -p -M 64")]
    [InlineData("-A -t 192.168.100.1:0 -p")]
    [InlineData("-A -u 192.168.100.1:53 -o")]
    [InlineData("-A -t 192.168.100.1:80 -s mh -b mh-port,mh-fallback")]
    [InlineData("-a -t 192.168.100.1:80 -r 10.0.0.11 -i --tun-type gue --tun-port 6080")]
    [InlineData("-a -t 192.168.100.1:80 -r [2001:db8::2]:8080 -i")]
    [InlineData("-e -t 192.168.100.1:80 -r 10.0.0.11 -m -x 10 -y 5")]
    [InlineData("-a -f 1 -r 10.0.0.11 -g")]
    [InlineData("--start-daemon master --mcast-interface eth1 --syncid 7 --sync-maxlen 900")]
    [InlineData("--start-daemon backup --mcast-group ff02::81 --mcast-port 9 --mcast-ttl 2")]
    [InlineData("--stop-daemon backup")]
    public async Task Every_kind_of_change_reaches_the_box(string arguments)
    {
        IpvsChange wish =
            CommandParser.Parse(arguments.Split(' '), new FixedNames()).Change!;

        (int code, string output, string error) = await IpvsadmAsync(arguments);

        Assert.Equal((0, "", ""), (code, output, error));
        Assert.Equal([wish], _box.Changes);
    }

    private async Task<(int Code, string Output, string Error)> IpvsadmAsync(string arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await IpvsadmCommandLine.RunAsync(
            "ipvsadm",
            ["--socket", _socket.Path, .. arguments.Split(' ')],
            TextReader.Null,
            output,
            error);
        return (code, output.ToString(), error.ToString());
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await CommandLine.RunAsync(
            [.. line.Split(' '), "--socket", _socket.Path],
            [StatusCommand.Build(), FailoverCommand.Build(), ExplainCommand.Build()],
            output,
            error);
        return (code, output.ToString(), error.ToString());
    }
}

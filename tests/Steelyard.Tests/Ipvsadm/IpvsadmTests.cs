using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Ipvsadm;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>What the recorded scenarios do not reach.</summary>
public sealed class IpvsadmTests
{
    private readonly ModelBox _box = new();

    /// <summary>The numbers and columns of the recording of large counters.</summary>
    [Theory]
    [InlineData(0, "        0", "        0")]
    [InlineData(99_997_620, " 99997620", " 99997620")]
    [InlineData(100_037_660, "  100037K", " 100037660")]
    [InlineData(1_000_287_660, "    1000M", " 1000287660")]
    [InlineData(99_999_999_999, "   99999M", " 99999999999")]
    [InlineData(100_000_000_000, "     100G", " 100000000000")]
    [InlineData(100_000_000_000_000, "     100T", " 100000000000000")]
    public void Large_numbers_are_shortened_unless_exact(long number, string shown, string exact)
    {
        Assert.Equal(shown, Numbers.Column(number, exact: false));
        Assert.Equal(exact, Numbers.Column(number, exact: true));
    }

    [Theory]
    [InlineData("-A -t10.9.0.1:80 -srr")]
    [InlineData("-A -t=10.9.0.1:80 -s=rr")]
    [InlineData("--add-service --tcp-service=10.9.0.1:80 --scheduler=rr")]
    [InlineData("--add-service --tcp-service 10.9.0.1:80 --scheduler rr")]
    [InlineData("-At 10.9.0.1:http -s rr")]
    [InlineData("-At 10.9.1:80 -s rr")]
    [InlineData("-A -s rr -t 0xa090001:0x50", 2)]
    [InlineData("-A -t 012.9.0.1:80 -s rr")]
    public async Task The_same_service_is_written_in_many_ways(string arguments, int expected = 0)
    {
        (int code, _, _) = await RunAsync(arguments);

        Assert.Equal(expected, code);
        if (expected == 0)
        {
            Assert.Equal("-A -t 10.9.0.1:80 -s rr\n", (await RunAsync("-Sn")).Output);
        }
    }

    [Fact]
    public async Task Names_stand_for_numbers_unless_numeric()
    {
        await RunAsync("-A -u web.example:domain -s rr");
        await RunAsync("-a -u 10.1.0.11:53 -r web.example -m");

        (_, string output, _) = await RunAsync("-L -u web.example:domain");

        Assert.EndsWith(
            "\nUDP  web.example:domain rr\n"
            + "  -> web.example:domain           Masq    1      0          0         \n",
            output,
            StringComparison.Ordinal);
        Assert.Contains("-A -u web.example:domain -s rr\n", (await RunAsync("-S")).Output,
            StringComparison.Ordinal);
        Assert.Contains("\nUDP  10.1.0.11:53 rr\n", (await RunAsync("-Ln")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_saved_restores_the_same()
    {
        await RunAsync("-A -t 10.9.0.1:80 -s rr");
        await RunAsync("-a -t 10.9.0.1:80 -r 10.1.0.11:8080 -m -w 7");
        await RunAsync("-A -u [fd00:9::1]:53 -s sh -b sh-port -p 60 -M 64");
        string saved = (await RunAsync("-Sn")).Output;
        await RunAsync("-C");

        (int code, string output, string error) = await RunAsync("-R", saved);

        Assert.Equal((0, "", ""), (code, output, error));
        Assert.Equal(saved, (await RunAsync("-Sn")).Output);
    }

    /// <summary>A service of a mark has no port that its servers could share.</summary>
    [Fact]
    public async Task Servers_of_a_mark_keep_the_port_they_are_given()
    {
        await RunAsync("-A -f 3 -6 -s lc");
        await RunAsync("-a -f 3 -6 -r [fd00:1::b]:80 -i");
        await RunAsync("-a -f 3 -6 -r fd00:1::c -g");

        string saved = (await RunAsync("-Sn")).Output;

        Assert.Contains(" -r [fd00:1::b]:80 -i -w 1 ", saved, StringComparison.Ordinal);
        Assert.Contains(" -r [fd00:1::c]:0 -g -w 1\n", saved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restoring_passes_over_what_the_box_refuses_and_ends_with_the_last_lines_code()
    {
        const string Input = """
            ipvsadm -A -t 10.9.0.1:80 -s rr

            -D -t 10.9.0.9:80
              -A   -t 10.9.0.2:80 -s rr
            """;

        (int code, _, string error) = await RunAsync("-R", Input);

        Assert.Equal((0, "No such service\n"), (code, error));
        Assert.Equal(
            "-A -t 10.9.0.1:80 -s rr\n-A -t 10.9.0.2:80 -s rr\n", (await RunAsync("-Sn")).Output);
        Assert.Equal(255, (await RunAsync("-R", Input + "\n-D -t 10.9.0.9:80")).Code);
    }

    [Theory]
    [InlineData("# a comment")]
    [InlineData("-R")]
    [InlineData("-A -t")]
    public async Task Restoring_ends_at_a_line_that_cannot_be_read(string line)
    {
        (int code, _, string error) =
            await RunAsync("-R", $"-A -t 10.9.0.1:80\n{line}\n-A -t 10.9.0.2:80\n");

        Assert.Equal(255, code);
        Assert.NotEmpty(error);
        Assert.Equal("-A -t 10.9.0.1:80 -s wlc\n", (await RunAsync("-Sn")).Output);
    }

    [Fact]
    public async Task Replacing_clears_first_and_skips_comments()
    {
        await RunAsync("-A -t 10.9.0.9:80 -s rr");
        using StringReader input = new("# saved yesterday\n-A -t 10.9.0.1:80 -s rr\n");
        using StringWriter error = new();
        IpvsadmProgram program = new(_box, new FixedNames(), new(input, TextWriter.Null, error));

        int code = await program.ReplaceAsync(CancellationToken.None);

        Assert.Equal((0, ""), (code, error.ToString()));
        Assert.Equal("-A -t 10.9.0.1:80 -s rr\n", (await RunAsync("-Sn")).Output);
    }

    [Fact]
    public async Task Help_names_every_word_of_the_grammar()
    {
        (int code, string output, _) = await RunAsync("-h");

        Assert.Equal(0, code);
        foreach (WordForm form in Words.All)
        {
            Assert.Contains($"--{form.Long}", output, StringComparison.Ordinal);
        }

        Assert.StartsWith((await RunAsync("-v")).Output, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-L -c -t 10.9.0.1:80",
        "The option 'service-address' conflicts with the 'connection' option"
        + " in the 'list' command")]
    [InlineData("-L --timeout --stats", "options conflicts in the list command")]
    [InlineData("-L --stats=5", "--stats=5: option does not take an argument")]
    [InlineData("-Lnt", "-Lnt: missing argument")]
    [InlineData("-LnQ", "-LnQ: unknown option")]
    [InlineData("--start-daemon both", "illegal start-daemon parameter specified")]
    [InlineData("--stop-daemon both", "illegal start_daemon specified")]
    [InlineData("-A -t 80", "illegal virtual server address[:port] specified")]
    [InlineData("-A -t 65536", "illegal virtual server address[:port] specified")]
    [InlineData("-a -t 10.9.0.1:80 -r 080", "illegal real server address[:port] specified")]
    [InlineData("-A -t [fd00:9::1]", "illegal virtual server address[:port] specified")]
    [InlineData("-a -f 1 -6 -r [fd00:1::b]", "illegal real server address[:port] specified")]
    [InlineData("-a -t 10.9.0.1:80 -r [fd00:1::b]:80 --tun-type gre --tun-csum",
        "Different address family is allowed only for tunneling servers")]
    public async Task Wrong_combinations_are_named(string arguments, string expected)
    {
        Assert.Equal(expected + "\n", (await RunAsync(arguments)).Error);
    }

    /// <summary>Recorded is the address of an IPv6 mark's template; the rest is as for IPv4.
    /// </summary>
    [Theory]
    [InlineData("10.0.0.1", "0.0.0.5:0")]
    [InlineData("fd00:c::1", "[0:5::]:0")]
    public async Task A_template_of_a_mark_has_the_mark_for_an_address(
        string client, string expected)
    {
        _box.Connections =
        [
            new(
                TransportProtocol.Unknown,
                new(IpAddress.Parse(client), 0),
                new(IpAddress.Parse(expected[..^2].Trim('[', ']')), 0),
                new(IpAddress.Parse(client), 0),
                ForwardingMethod.Direct,
                ConnectionState.None,
                true,
                TimeSpan.FromSeconds(59))
            {
                IsTemplate = true,
                Mark = 5,
            },
        ];

        (_, string output, _) = await RunAsync("-Lnc");

        Assert.Contains($" {expected} ", output, StringComparison.Ordinal);
        Assert.Contains("\nIP  00:59  NONE        ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_service_names_takes_the_first_name_and_all_aliases()
    {
        ServiceNames names = ServiceNames.Parse(
        [
            "# comment",
            "http\t\t80/tcp\t\twww www-http # World Wide Web",
            "web 80/tcp",
            "domain 53/udp",
            "broken line",
            "odd 99999/tcp",
        ]);

        Assert.Equal("http", names.Names[(80, TransportProtocol.Tcp)]);
        Assert.Equal(80, names.Ports[("www-http", TransportProtocol.Tcp)]);
        Assert.Equal(53, names.Ports[("domain", TransportProtocol.Udp)]);
        Assert.False(names.Ports.ContainsKey(("odd", TransportProtocol.Tcp)));
        Assert.False(names.Ports.ContainsKey(("domain", TransportProtocol.Tcp)));
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(
        string arguments, string input = "")
    {
        using StringReader reader = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        IpvsadmProgram program = new(_box, new FixedNames(), new(reader, output, error));
        IReadOnlyList<string> words =
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray();
        int code = await program.RunAsync(words, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}

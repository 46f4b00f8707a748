using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Ipvsadm;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>
/// Every option, alone and with every other, over a table that holds every kind of service, with
/// and without names: it is done or refused, and nothing breaks.
/// </summary>
public sealed class EveryOptionTests
{
    private static readonly string[] Table =
    [
        "-A -t 10.9.0.1:80 -s rr",
        "-a -t 10.9.0.1:80 -r 10.1.0.11:80 -m -x 9 -y 3",
        "-a -t 10.9.0.1:80 -r 10.1.0.12:80 -i --tun-type gue --tun-port 6080 --tun-remcsum",
        "-a -t 10.9.0.1:80 -r 10.1.0.13:80 -i --tun-type gre --tun-csum",
        "-A -t 10.9.0.1:0 -s wlc -p 360",
        "-A -u 10.9.0.1:5060 -s mh -b mh-port,mh-fallback -p 60 -M 255.255.255.0 --pe sip -o",
        "-A --sctp-service [fd00:9::1]:9 -s sh -p 60 -M 64",
        "-a --sctp-service [fd00:9::1]:9 -r [fd00:1::1]:9 -g -w 0",
        "-A -f 5 -s rr",
        "-a -f 5 -r 10.1.0.11 -g",
        "-A -f 4294967295 -6 -s rr -p",
        "-a -f 4294967295 -6 -r fd00:1::2 -i",
        "--start-daemon master --mcast-interface m0",
    ];

    private static readonly string[] Values =
        ["5", "10.9.0.1:80", "[fd00:9::1]:9", "rr", "x"];

    private readonly ModelBox _box = new()
    {
        Connections =
        [
            .. from state in Enum.GetValues<ConnectionState>()
               from mark in new uint[] { 0, 5 }
               from client in new[] { "0.0.0.5", "::" }
               select new ConnectionRecord(
                   TransportProtocol.Unknown, At(client, 4000),
                   At(mark == 0 ? client : "0.0.0.0", 0), At("10.1.0.11", 0),
                   ForwardingMethod.Nat, state, false, TimeSpan.FromDays(31))
               {
                   IsTemplate = mark != 0,
                   Mark = mark,
               },
        ],
    };

    [Fact]
    public async Task Nothing_breaks_a_listing()
    {
        await FillAsync();
        string[] options =
            [.. Words.All.Where(form => !Changes(form)).SelectMany(Spell).Distinct()];
        foreach (string command in new[] { "-L", "-S", "-Ln", "-Lnc", "-Lc", "-h", "-v" })
        {
            await AssertEndsAsync(command);
            foreach (string one in options)
            {
                await AssertEndsAsync($"{command} {one}");
                foreach (string two in options.Where(two => !two.Contains('=')))
                {
                    await AssertEndsAsync($"{command} {one} {two}");
                }
            }
        }
    }

    [Fact]
    public async Task Nothing_breaks_a_change()
    {
        string[] commands = [.. Words.All.Where(Changes).SelectMany(Spell)];
        string[] options =
            [.. Words.All.Where(form => !Changes(form)).SelectMany(Spell).Distinct()];
        foreach (string command in commands)
        {
            await FillAsync();
            foreach (string option in options)
            {
                await AssertEndsAsync($"{command} {option}");
                await AssertEndsAsync($"{command} -f 5 {option}");
                await AssertEndsAsync($"{command} -f 5 -r 10.1.0.11 {option}");
            }
        }
    }

    /// <summary>A resolver refuses to be asked for the address that means "none".</summary>
    [Theory]
    [InlineData("-L", "FWM  5 rr\n")]
    [InlineData("-S", "-A -f 5 -s rr\n")]
    [InlineData("-L -f 5", "FWM  5 rr\n")]
    [InlineData("-L -f 4294967295 -6", "FWM  4294967295 IPv6 rr persistent 360\n")]
    public async Task A_mark_is_listed_among_names(string arguments, string line)
    {
        await FillAsync();

        (int code, string output) = await RunAsync(arguments);

        Assert.Equal(0, code);
        Assert.Contains(line, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_a_resolver_throws_costs_a_name_and_no_listing()
    {
        SystemNames names = new()
        {
            LookUp = (address, _) => address == FixedNames.Web
                ? Task.FromResult("web.example")
                : throw new NotSupportedException(),
        };

        await names.LearnAsync(
            [FixedNames.Web, IpAddress.Parse("10.1.0.12")], CancellationToken.None);

        Assert.Equal("web.example", names.NameOf(FixedNames.Web));
        Assert.Null(names.NameOf(IpAddress.Parse("10.1.0.12")));
    }

    private static Endpoint At(string address, ushort port) => new(IpAddress.Parse(address), port);

    private static bool Changes(WordForm form) => form.Word is Word.AddService
        or Word.EditService or Word.DeleteService or Word.Clear or Word.AddServer
        or Word.EditServer or Word.DeleteServer or Word.Zero or Word.Set or Word.StartDaemon
        or Word.StopDaemon or Word.Restore;

    private static IEnumerable<string> Spell(WordForm form) => form.Value switch
    {
        ValueRule.None => [$"--{form.Long}"],
        ValueRule.Optional => [$"--{form.Long}", .. Values.Select(each => $"--{form.Long}={each}")],
        _ => Values.Select(each => $"--{form.Long}={each}"),
    };

    private async Task FillAsync()
    {
        await RunAsync("-C");
        await RunAsync("--stop-daemon master");
        foreach (string line in Table)
        {
            Assert.Equal(0, (await RunAsync(line)).Code);
        }
    }

    private async Task AssertEndsAsync(string arguments)
    {
        (int code, _) = await RunAsync(arguments);

        Assert.True(code is >= 0 and <= 255, arguments);
    }

    private async Task<(int Code, string Output)> RunAsync(string arguments)
    {
        using StringReader input = new(string.Empty);
        using StringWriter output = new();
        using StringWriter error = new();
        IpvsadmProgram program = new(_box, new Names(), new(input, output, error));
        int code = await program.RunAsync(arguments.Split(' '), CancellationToken.None);
        return (code, output.ToString());
    }

    /// <summary>
    /// The machine's names with a resolver that knows none, and refuses as the real one does.
    /// </summary>
    private sealed class Names : INames
    {
        private readonly FixedNames _known = new();
        private readonly SystemNames _system = new() { LookUp = LookUpAsync };

        public bool TryFindAddress(string host, out IpAddress address) =>
            _known.TryFindAddress(host, out address);

        public bool TryFindPort(string service, TransportProtocol protocol, out ushort port) =>
            _known.TryFindPort(service, protocol, out port);

        public Task LearnAsync(
            IReadOnlyCollection<IpAddress> addresses, CancellationToken cancellationToken) =>
            _system.LearnAsync(addresses, cancellationToken);

        public string? NameOf(IpAddress address) => _system.NameOf(address);

        public string? NameOf(ushort port, TransportProtocol protocol) =>
            _known.NameOf(port, protocol);

        private static Task<string> LookUpAsync(
            IpAddress address, CancellationToken cancellationToken) =>
            address == default || address == IpAddress.FromIpv4(0)
                ? throw new ArgumentException("no address to ask for", nameof(address))
                : Task.FromResult(string.Empty);
    }
}

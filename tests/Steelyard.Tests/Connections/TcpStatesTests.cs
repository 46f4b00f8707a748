using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

/// <summary>The tables of Linux 6.12 (tcp_states, tcp_states_dos), once more as text.</summary>
public sealed class TcpStatesTests
{
    private const string Columns = "NO ES SS SR FW TW CL CW LA LI SA";

    private const string Normal = """
        IN  syn SR ES ES SR SR SR SR SR SR SR SR
        IN  fin CL CW SS TW TW TW CL CW LA LI TW
        IN  ack ES ES SS ES FW TW CL CW CL LI ES
        IN  rst CL CL CL SR CL CL CL CL LA LI SR
        OUT syn SS ES SS SR SS SS SS SS SS LI SR
        OUT fin TW FW SS TW FW TW CL TW LA LI TW
        OUT ack ES ES SS ES FW TW CL CW LA ES ES
        OUT rst CL CL SS CL CL TW CL CL CL CL CL
        INO syn SR ES ES SR SR SR SR SR SR SR SR
        INO fin CL FW SS TW FW TW CL CW LA LI TW
        INO ack ES ES SS ES FW TW CL CW CL LI ES
        INO rst CL CL CL SR CL CL CL CL LA LI CL
        """;

    private const string Secure = """
        IN  syn SR ES ES SR SR SR SR SR SR SR SA
        IN  fin CL CW SS TW TW TW CL CW LA LI SA
        IN  ack ES ES SS SR FW TW CL CW CL LI SA
        IN  rst CL CL CL SR CL CL CL CL LA LI CL
        OUT syn SS ES SS SA SS SS SS SS SS LI SA
        OUT fin TW FW SS TW FW TW CL TW LA LI TW
        OUT ack ES ES SS ES FW TW CL CW LA ES ES
        OUT rst CL CL SS CL CL TW CL CL CL CL CL
        INO syn SA ES ES SR SA SA SA SA SA SA SA
        INO fin CL FW SS TW FW TW CL CW LA LI TW
        INO ack ES ES SS ES FW TW CL CW CL LI ES
        INO rst CL CL CL SR CL CL CL CL LA LI CL
        """;

    private static readonly Dictionary<string, ConnectionState> States = Columns
        .Split(' ')
        .Select((name, index) => (name, state: (ConnectionState)index))
        .ToDictionary(pair => pair.name, pair => pair.state);

    [Theory]
    [InlineData(Normal, false)]
    [InlineData(Secure, true)]
    public void Every_cell_of_the_tables_holds(string table, bool secure)
    {
        foreach (string line in table.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            FlowDirection sender = words[0] == "OUT"
                ? FlowDirection.FromServer
                : FlowDirection.FromClient;
            bool seesReplies = words[0] != "INO";
            for (int column = 0; column < States.Count; column++)
            {
                ConnectionState next = TcpStates.Next(
                    (ConnectionState)column, sender, FlagsOf(words[1]), seesReplies, secure);

                Assert.True(
                    States[words[column + 2]] == next, $"{line}, column {column}: {next}");
            }
        }
    }

    [Theory]
    [InlineData(TcpFlags.Reset | TcpFlags.Syn | TcpFlags.Fin, TcpFlags.Reset)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Acknowledgment, TcpFlags.Syn)]
    [InlineData(TcpFlags.Fin | TcpFlags.Acknowledgment, TcpFlags.Fin)]
    [InlineData(TcpFlags.Push | TcpFlags.Acknowledgment, TcpFlags.Acknowledgment)]
    public void The_strongest_flag_counts(TcpFlags flags, TcpFlags strongest)
    {
        foreach (ConnectionState state in States.Values)
        {
            Assert.Equal(
                TcpStates.Next(state, FlowDirection.FromClient, strongest, true),
                TcpStates.Next(state, FlowDirection.FromClient, flags, true));
        }
    }

    [Fact]
    public void A_segment_without_any_flag_closes()
    {
        Assert.All(States.Values, state => Assert.Equal(
            ConnectionState.Close,
            TcpStates.Next(state, FlowDirection.FromServer, TcpFlags.Push, true)));
    }

    [Fact]
    public void Half_open_and_established_connections_are_active_and_no_others()
    {
        ConnectionState[] active =
            [.. Enum.GetValues<ConnectionState>().Where(TcpStates.IsActive)];

        Assert.Equal(
            [
                States["ES"],
                States["SS"],
                States["SR"],
                States["SA"],
                ConnectionState.SctpEstablished,
            ],
            active);
    }

    private static TcpFlags FlagsOf(string name) => name switch
    {
        "syn" => TcpFlags.Syn,
        "fin" => TcpFlags.Fin,
        "ack" => TcpFlags.Acknowledgment,
        _ => TcpFlags.Reset,
    };
}

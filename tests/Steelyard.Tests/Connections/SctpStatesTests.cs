using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

/// <summary>The tables of Linux (sctp_states), once more as text.</summary>
public sealed class SctpStatesTests
{
    private const string Columns = "NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL";

    private const string Table = """
        IN  data ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
        IN  init I1 IN IN CS CR CW CO CE ES SS SR SA IN IN
        IN  inac CW CW CW CS CR CO CO CE ES SS SR SA RJ CL
        IN  coec CR IN IN CR CR CW CO CE ES SS SR SA RJ CL
        IN  coac ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL
        IN  shut SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
        IN  shac CL IN IN CS CR CW CO CE ES CL SR CL RJ CL
        IN  shco CL CL CL CS CR CW CO CE ES SS SR CL RJ CL
        IN  err  CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL
        IN  abrt CL CL CL CL CL RJ CL CL CL CL CL CL CL CL
        OUT data ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL
        OUT init CW CW CW CW CW CW CW CW ES CW CW CW CW CW
        OUT inac CS CS CS CS CR CW CO CE ES SS SR SA RJ CL
        OUT coec CE CE CE CE CE CE CE CE ES SS SR SA RJ CL
        OUT coac ES ES ES ES ES ES ES ES ES SS SR SA RJ CL
        OUT shut SS SS SS SS SS SS SS SS SS SS SR SA RJ CL
        OUT shac SA SA SA SA SA CW CO CE ES SA SA SA RJ CL
        OUT shco CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
        OUT err  CL CL CL CL CL CW CO CE ES SS SR SA RJ CL
        OUT abrt CL RJ CL CL CL CL CL CL CL CL CL CL CL CL
        INO data ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL
        INO init I1 IN IN IN IN IN CO CE ES SS SR SA IN IN
        INO inac CE CE CE CE CE CE CO CE ES SS SR SA RJ CL
        INO coec ES ES ES ES ES ES CO CE ES SS SR SA RJ CL
        INO coac ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL
        INO shut SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL
        INO shac CL IN IN CS CR CW CO CE CL CL SR CL RJ CL
        INO shco CL CL CL CL CL CW CO CE ES SS CL CL RJ CL
        INO err  CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL
        INO abrt CL CL CL CL CL RJ CL CL CL CL CL CL CL CL
        """;

    private static readonly string[] Names = Columns.Split(' ');

    [Fact]
    public void Every_cell_of_the_table_holds()
    {
        foreach (string line in Table.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            FlowDirection sender = words[0] == "OUT"
                ? FlowDirection.FromServer
                : FlowDirection.FromClient;
            for (int column = 0; column < Names.Length; column++)
            {
                ConnectionState next = SctpStates.Next(
                    StateOf(Names[column]), sender, ChunkOf(words[1]), words[0] != "INO");

                Assert.True(
                    StateOf(words[column + 2]) == next, $"{line}, column {column}: {next}");
            }
        }
    }

    [Theory]
    [InlineData(SctpChunkType.Sack)]
    [InlineData(SctpChunkType.Heartbeat)]
    [InlineData(SctpChunkType.HeartbeatAck)]
    [InlineData(SctpChunkType.CongestionEcho)]
    [InlineData(SctpChunkType.CongestionWindowReduced)]
    [InlineData((SctpChunkType)15)]
    [InlineData((SctpChunkType)0xC1)]
    [InlineData((SctpChunkType)255)]
    public void Other_chunks_count_as_data(SctpChunkType chunk)
    {
        foreach (string name in Names)
        {
            Assert.Equal(
                SctpStates.Next(
                    StateOf(name), FlowDirection.FromClient, SctpChunkType.Data, false),
                SctpStates.Next(StateOf(name), FlowDirection.FromClient, chunk, false));
        }
    }

    /// <summary>The kernel's sctp_timeouts, in the order of its states.</summary>
    [Fact]
    public void Each_state_has_its_time()
    {
        int[] seconds = [2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61];

        Assert.Equal(
            seconds, Names.Select(name => (int)new Timeouts()[StateOf(name)].TotalSeconds));
    }

    [Fact]
    public void Numbers_of_states_are_those_of_LVS()
    {
        for (int number = 0; number < Names.Length; number++)
        {
            Assert.True(SctpStates.TryFind(number, out ConnectionState state));
            Assert.Equal(StateOf(Names[number]), state);
            Assert.Equal(number, SctpStates.NumberOf(state));
            Assert.True(SctpStates.Has(state));
        }

        Assert.False(SctpStates.TryFind(14, out _));
        Assert.False(SctpStates.TryFind(65_535, out _));
        Assert.False(SctpStates.Has(ConnectionState.Established));
        Assert.False(SctpStates.Has(ConnectionState.Udp));
        Assert.False(SctpStates.Has((ConnectionState)46));
    }

    [Fact]
    public void An_association_lives_from_INIT_to_SHUTDOWN_COMPLETE()
    {
        TableRig rig = new(capacity: 4);
        FlowKey flow = rig.Flow(0) with { Protocol = TransportProtocol.Sctp };
        RealServer server = rig.Servers[0];
        int handle = rig.Table.Create(rig.Service, server, flow, rig.Now);

        Assert.Equal(
            [
                ConnectionState.SctpInit1,
                ConnectionState.SctpCookieSent,
                ConnectionState.SctpCookieReplied,
                ConnectionState.SctpEstablished,
                ConnectionState.SctpShutdownReceived,
                ConnectionState.SctpShutdownAckSent,
                ConnectionState.SctpClosed,
            ],
            Pass(
                rig,
                handle,
                (FlowDirection.FromClient, SctpChunkType.Init),
                (FlowDirection.FromServer, SctpChunkType.InitAck),
                (FlowDirection.FromClient, SctpChunkType.CookieEcho),
                (FlowDirection.FromServer, SctpChunkType.CookieAck),
                (FlowDirection.FromClient, SctpChunkType.Shutdown),
                (FlowDirection.FromServer, SctpChunkType.ShutdownAck),
                (FlowDirection.FromClient, SctpChunkType.ShutdownComplete)));
        Assert.True(rig.Table[handle].IsReusable);
        Assert.Equal(0, rig.Pass(TimeSpan.FromSeconds(60.9)));
        Assert.Equal(1, rig.Pass(TimeSpan.FromSeconds(0.3)));
    }

    [Fact]
    public void Only_an_established_association_is_active()
    {
        TableRig rig = new(capacity: 4);
        FlowKey flow = rig.Flow(0) with { Protocol = TransportProtocol.Sctp };
        RealServer server = rig.Servers[0];
        int handle = rig.Table.Create(rig.Service, server, flow, rig.Now);

        Assert.True(rig.Table.OnSctp(
            handle, FlowDirection.FromClient, SctpChunkType.Init, rig.Now));
        Assert.Equal((0, 1), (server.ActiveConnections, server.InactiveConnections));
        rig.Table.OnSctp(handle, FlowDirection.FromServer, SctpChunkType.CookieAck, rig.Now);
        Assert.Equal((1, 0), (server.ActiveConnections, server.InactiveConnections));
        Assert.False(rig.Table.OnSctp(
            handle, FlowDirection.FromClient, SctpChunkType.Data, rig.Now));
        rig.Table.OnSctp(handle, FlowDirection.FromClient, SctpChunkType.Abort, rig.Now);
        Assert.Equal((0, 1), (server.ActiveConnections, server.InactiveConnections));
    }

    [Fact]
    public void The_twin_learns_every_state()
    {
        foreach (string name in Names)
        {
            TableRig rig = new(capacity: 4);
            ConnectionRecord told = new(
                TransportProtocol.Sctp,
                TableRig.Client(0),
                rig.Virtual,
                rig.Servers[0].Endpoint,
                ForwardingMethod.Nat,
                StateOf(name),
                name != "ES",
                TimeSpan.FromSeconds(30));
            Assert.True(SyncRecords.TryToEntry(told, out SyncEntry entry));
            Assert.Equal(Array.IndexOf(Names, name), entry.State);
            Assert.True(SyncRecords.TryToRecord(entry, default, out ConnectionRecord heard));
            Assert.Equal(told, heard);

            int handle = rig.Table.Learn(heard, rig.Servers[0], rig.Now);

            Assert.Equal(StateOf(name), rig.Table[handle].State);
            Assert.Equal(name == "ES" ? 1 : 0, rig.Servers[0].ActiveConnections);
        }
    }

    private static IEnumerable<ConnectionState> Pass(
        TableRig rig, int handle, params (FlowDirection Sender, SctpChunkType Chunk)[] packets)
    {
        foreach ((FlowDirection sender, SctpChunkType chunk) in packets)
        {
            rig.Table.OnSctp(handle, sender, chunk, rig.Now);
            yield return rig.Table[handle].State;
        }
    }

    private static ConnectionState StateOf(string name) => name switch
    {
        "NO" => ConnectionState.None,
        "I1" => ConnectionState.SctpInit1,
        "IN" => ConnectionState.SctpInit,
        "CS" => ConnectionState.SctpCookieSent,
        "CR" => ConnectionState.SctpCookieReplied,
        "CW" => ConnectionState.SctpCookieWait,
        "CO" => ConnectionState.SctpCookie,
        "CE" => ConnectionState.SctpCookieEchoed,
        "ES" => ConnectionState.SctpEstablished,
        "SS" => ConnectionState.SctpShutdownSent,
        "SR" => ConnectionState.SctpShutdownReceived,
        "SA" => ConnectionState.SctpShutdownAckSent,
        "RJ" => ConnectionState.SctpRejected,
        _ => ConnectionState.SctpClosed,
    };

    private static SctpChunkType ChunkOf(string name) => name switch
    {
        "init" => SctpChunkType.Init,
        "inac" => SctpChunkType.InitAck,
        "coec" => SctpChunkType.CookieEcho,
        "coac" => SctpChunkType.CookieAck,
        "shut" => SctpChunkType.Shutdown,
        "shac" => SctpChunkType.ShutdownAck,
        "shco" => SctpChunkType.ShutdownComplete,
        "err" => SctpChunkType.Error,
        "abrt" => SctpChunkType.Abort,
        _ => SctpChunkType.Data,
    };
}

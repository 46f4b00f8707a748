using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;

namespace Steelyard.Tests.Connections;

public sealed class LearnTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_learnt_connection_is_the_one_that_was_told()
    {
        TableRig twin = new(capacity: 8);
        int original = twin.Establish(5);
        twin.Table.FillRecord(original, twin.Now, out ConnectionRecord told);
        TableRig rig = new(capacity: 8);

        int handle = rig.Table.Learn(told, rig.Servers[0], rig.Now);

        rig.Table.FillRecord(handle, rig.Now, out ConnectionRecord learnt);
        Assert.Equal(told, learnt);
        Assert.Equal(handle, rig.Find(5));
        Assert.Equal(1, rig.Servers[0].ActiveConnections);
        Assert.Equal(0, rig.Servers[0].Counters.Connections);
    }

    [Fact]
    public void What_is_a_process_of_the_twins_is_none_of_ours()
    {
        TableRig rig = new(capacity: 8);
        ConnectionRecord told = Record(rig, 5) with { Method = ForwardingMethod.Local };

        int handle = rig.Table.Learn(told, rig.Servers[0], rig.Now);

        Assert.Equal(rig.Servers[0].Method, rig.Table[handle].Method);
    }

    [Fact]
    public void News_of_a_known_connection_moves_state_counts_and_deadline()
    {
        TableRig rig = new(capacity: 8);
        int known = rig.Establish(5);
        ConnectionRecord news = Record(rig, 5) with
        {
            State = ConnectionState.TimeWait,
            IsInactive = true,
            Timeout = Minute,
        };

        Assert.Equal(known, rig.Table.Learn(news, rig.Servers[0], rig.Now));

        Assert.Equal(ConnectionState.TimeWait, rig.Table[known].State);
        Assert.Equal(1, rig.Servers[0].InactiveConnections);
        Assert.Equal(0, rig.Servers[0].ActiveConnections);
        Assert.Equal(0, rig.Pass(Minute * 0.99));
        Assert.Equal(1, rig.Pass(Minute * 0.02));
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    public void One_on_another_server_gives_way_to_a_live_one_only(bool isInactive, int holder)
    {
        TableRig rig = new(capacity: 8, serverCount: 3);
        rig.Establish(5, server: 0);
        ConnectionRecord news = Record(rig, 5) with { IsInactive = isInactive };

        rig.Table.Learn(news, rig.Servers[2], rig.Now);

        Assert.Same(rig.Servers[holder], rig.Table.Server(rig.Find(5)));
        Assert.Equal(1, rig.Table.Count);
    }

    [Fact]
    public void Impossible_states_and_times_do_no_harm()
    {
        TableRig rig = new(capacity: 8);
        ConnectionRecord strange = Record(rig, 5) with { State = (ConnectionState)11 };
        ConnectionRecord eternal = Record(rig, 6) with { Timeout = TimeSpan.MaxValue };

        Assert.Equal(-1, rig.Table.Learn(strange, rig.Servers[0], rig.Now));
        Assert.True(rig.Table.Learn(eternal, rig.Servers[0], rig.Now) >= 0);

        rig.Pass(Timeouts.Longest + Minute);
        Assert.Equal(0, rig.Table.Count);
    }

    /// <summary>A stranger's record that says 31 days.</summary>
    [Theory]
    [InlineData(ConnectionState.Established, 15 * 60)]
    [InlineData(ConnectionState.SynReceived, 60)]
    [InlineData(ConnectionState.Close, 10)]
    public void A_learnt_timeout_is_no_longer_than_its_states_own(
        ConnectionState state, int seconds)
    {
        TableRig rig = new(capacity: 8);
        ConnectionRecord eternal = Record(rig, 6) with
        {
            State = state,
            Timeout = Timeouts.Longest,
        };

        Assert.True(rig.Table.Learn(eternal, rig.Servers[0], rig.Now) >= 0);

        Assert.Equal(0, rig.Pass(TimeSpan.FromSeconds(seconds * 0.9)));
        Assert.Equal(1, rig.Pass(TimeSpan.FromSeconds(seconds * 0.2)));
    }

    [Fact]
    public void A_learnt_template_lasts_no_longer_than_its_service_gives_it()
    {
        TableRig rig = new(capacity: 8);
        ConnectionRecord eternal = Record(rig, 6) with
        {
            IsTemplate = true,
            Timeout = Timeouts.Longest,
        };

        _ = rig.Table.Learn(
            eternal, rig.Servers[0], rig.Now, longestTemplate: TimeSpan.FromSeconds(50));

        Assert.Equal(1, rig.Pass(TimeSpan.FromSeconds(60)));
    }

    private static ConnectionRecord Record(TableRig rig, int number) => new(
        TransportProtocol.Tcp,
        TableRig.Client(number),
        rig.Virtual,
        rig.Servers[0].Endpoint,
        ForwardingMethod.Nat,
        ConnectionState.Established,
        IsInactive: false,
        Minute * 15);
}

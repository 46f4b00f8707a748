using System;
using System.Collections.Generic;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Routing;

/// <summary>
/// Times are those of RFC 4861 §10: 1 s between requests, 3 of them, 30 s reachable.
/// </summary>
public class NeighbourTableTests
{
    private static readonly IpAddress Address = IpAddress.Parse("10.1.0.11");
    private static readonly MacAddress Station = new(0x0200_0000_000B);
    private static readonly MacAddress Other = new(0x0200_0000_000C);

    [Fact]
    public void A_wish_asks_and_the_answer_is_told()
    {
        Run run = new();

        run.Table.OnWanted(2, Address, run.Now);
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);

        Assert.Equal(
            ["ask 10.1.0.11 ff:ff:ff:ff:ff:ff", "learned 10.1.0.11 02:00:00:00:00:0b"], run.Log);
        Assert.Equal(NeighbourState.Reachable, run.Table.StateOf(2, Address));
        Assert.True(run.Table.TryGetStation(2, Address, out MacAddress station));
        Assert.Equal(Station, station);
    }

    [Fact]
    public void Three_requests_without_an_answer_fail_and_a_later_wish_asks_anew()
    {
        Run run = new();
        run.Table.OnWanted(2, Address, run.Now);

        run.Pass(TimeSpan.FromSeconds(2.9));
        Assert.DoesNotContain("failed 10.1.0.11", run.Log);
        run.Pass(TimeSpan.FromSeconds(0.1));
        run.Table.OnWanted(2, Address, run.Now);

        Assert.Equal(3, run.Log.FindAll(line => line.StartsWith("ask")).Count);
        Assert.Equal(2, run.Log.FindAll(line => line == "failed 10.1.0.11").Count);
        run.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(0, run.Table.Count);
        run.Table.OnWanted(2, Address, run.Now);
        Assert.Equal(4, run.Log.FindAll(line => line.StartsWith("ask")).Count);
    }

    [Fact]
    public void A_stale_neighbour_in_use_is_asked_under_its_old_address_first()
    {
        Run run = new();
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);
        run.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(NeighbourState.Stale, run.Table.StateOf(2, Address));
        run.Log.Clear();

        run.Table.OnWanted(2, Address, run.Now);
        run.Pass(TimeSpan.FromSeconds(6));

        Assert.Equal(
            [
                "learned 10.1.0.11 02:00:00:00:00:0b",
                "ask 10.1.0.11 02:00:00:00:00:0b",
                "ask 10.1.0.11 02:00:00:00:00:0b",
                "ask 10.1.0.11 02:00:00:00:00:0b",
                "ask 10.1.0.11 ff:ff:ff:ff:ff:ff",
                "ask 10.1.0.11 ff:ff:ff:ff:ff:ff",
                "ask 10.1.0.11 ff:ff:ff:ff:ff:ff",
                "failed 10.1.0.11",
            ],
            run.Log);
    }

    [Fact]
    public void An_answer_refreshes_silently_and_an_announcement_tells_of_a_new_station()
    {
        Run run = new();
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);
        run.Pass(TimeSpan.FromSeconds(29));
        run.Answer(Station);
        run.Pass(TimeSpan.FromSeconds(29));
        Assert.Equal(NeighbourState.Reachable, run.Table.StateOf(2, Address));
        run.Log.Clear();

        run.Table.OnArp(2, ArpPacket.Announcement(Other, Address), run.Now);

        Assert.Equal(["learned 10.1.0.11 02:00:00:00:00:0c"], run.Log);
    }

    [Fact]
    public void A_neighbour_that_nobody_wants_is_not_made_and_an_old_one_is_forgotten()
    {
        Run run = new();
        run.Answer(Station);
        Assert.Equal(0, run.Table.Count);
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);
        run.Log.Clear();

        run.Pass(TimeSpan.FromMinutes(11));

        Assert.Equal(["failed 10.1.0.11"], run.Log);
        Assert.Equal(0, run.Table.Count);
        Assert.Equal(Instant.Never, run.Table.Deadline);
    }

    [Fact]
    public void A_neighbour_of_another_interface_is_another_one()
    {
        Run run = new();
        run.Table.OnWanted(2, Address, run.Now);
        run.Table.OnWanted(3, Address, run.Now);

        run.Table.OnArp(3, ArpPacket.Announcement(Other, Address), run.Now);

        Assert.Equal(NeighbourState.Incomplete, run.Table.StateOf(2, Address));
        Assert.Equal(NeighbourState.Reachable, run.Table.StateOf(3, Address));
    }

    [Fact]
    public void A_full_table_gives_up_what_is_stale_and_else_refuses()
    {
        Run run = new(new NeighbourOptions { Capacity = 2 });
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);
        run.Pass(TimeSpan.FromSeconds(31));
        run.Table.OnWanted(2, IpAddress.Parse("10.1.0.1"), run.Now);

        run.Table.OnWanted(2, IpAddress.Parse("10.1.0.20"), run.Now);
        run.Table.OnWanted(2, IpAddress.Parse("10.1.0.21"), run.Now);

        Assert.Equal(NeighbourState.Unknown, run.Table.StateOf(2, Address));
        Assert.Equal(
            NeighbourState.Incomplete, run.Table.StateOf(2, IpAddress.Parse("10.1.0.20")));
        Assert.Equal(1, run.Table.Refused);
        Assert.Equal("failed 10.1.0.21", run.Log[^1]);
    }

    [Fact]
    public void A_lost_interface_loses_its_neighbours()
    {
        Run run = new();
        run.Table.OnWanted(2, Address, run.Now);
        run.Answer(Station);
        run.Table.OnWanted(3, Address, run.Now);

        run.Table.OnInterfaceLost(2);

        Assert.Equal("failed 10.1.0.11", run.Log[^1]);
        Assert.Equal(1, run.Table.Count);
    }

    /// <summary>A table in virtual time, and what it made happen.</summary>
    internal sealed class Run : INeighbourEffects
    {
        public Run(NeighbourOptions? options = null) =>
            Table = new(options ?? NeighbourOptions.Default, this);

        public NeighbourTable Table { get; }

        public List<string> Log { get; } = [];

        public Instant Now { get; private set; } = Instant.Zero;

        public void Answer(MacAddress station) => Table.OnArp(
            2,
            new(ArpOperation.Reply, station, Address, default, IpAddress.Parse("10.1.0.1")),
            Now);

        /// <summary>Time passes in the order of deadlines.</summary>
        public void Pass(TimeSpan span)
        {
            Instant end = Now + span;
            VirtualTime.Pass(
                end,
                () => Table.Deadline,
                now =>
                {
                    Now = now;
                    Table.OnDeadline(Now);
                });
            Now = end;
        }

        public void Ask(int interfaceIndex, IpAddress address, MacAddress station) =>
            Log.Add($"ask {address} {station}");

        public void Learned(int interfaceIndex, IpAddress address, MacAddress station) =>
            Log.Add($"learned {address} {station}");

        public void Failed(int interfaceIndex, IpAddress address) =>
            Log.Add($"failed {address}");
    }
}

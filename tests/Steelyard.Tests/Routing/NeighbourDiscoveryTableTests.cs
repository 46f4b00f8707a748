using System;
using Steelyard.Core.Routing;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Routing;

/// <summary>What Neighbour Discovery teaches the table: RFC 4861 §7.2 and its appendix C.</summary>
public sealed class NeighbourDiscoveryTableTests
{
    private const NeighbourFlags Solicited = NeighbourFlags.Solicited;
    private const NeighbourFlags Override = NeighbourFlags.Override;

    private static readonly IpAddress Address = IpAddress.Parse("2001:db8::b");
    private static readonly IpAddress Own = IpAddress.Parse("fe80::a");
    private static readonly MacAddress Station = new(0x0200_0000_000B);
    private static readonly MacAddress Other = new(0x0200_0000_000C);

    private readonly NeighbourTableTests.Run _run = new();

    private NeighbourState State => _run.Table.StateOf(2, Address);

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void A_solicited_answer_makes_a_neighbour_reachable()
    {
        _run.Table.OnWanted(2, Address, _run.Now);

        Advertise(Station, Solicited | Override);

        Assert.Equal(NeighbourState.Reachable, State);
        Assert.Equal(
            ["ask 2001:db8::b ff:ff:ff:ff:ff:ff", "learned 2001:db8::b 02:00:00:00:00:0b"],
            _run.Log);
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void An_announcement_makes_a_neighbour_stale_and_it_is_asked_when_next_wanted()
    {
        _run.Table.OnWanted(2, Address, _run.Now);

        Advertise(Station, Override);

        Assert.Equal(NeighbourState.Stale, State);
        _run.Table.OnWanted(2, Address, _run.Now);
        Assert.Equal(NeighbourState.Probing, State);
        Assert.Equal("ask 2001:db8::b 02:00:00:00:00:0b", _run.Log[^1]);
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void An_answer_without_a_station_teaches_nothing_of_a_neighbour_that_is_not_known()
    {
        _run.Table.OnWanted(2, Address, _run.Now);

        Advertise(null, Solicited | Override);

        Assert.Equal(NeighbourState.Incomplete, State);
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void An_answer_without_a_station_confirms_the_one_that_is_known()
    {
        Know();
        _run.Pass(TimeSpan.FromSeconds(31));
        Assert.Equal(NeighbourState.Stale, State);

        Advertise(null, Solicited);

        Assert.Equal(NeighbourState.Reachable, State);
        Assert.Single(_run.Log.FindAll(line => line.StartsWith("learned")));
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void Another_station_without_override_only_raises_doubt()
    {
        Know();

        Advertise(Other, Solicited);

        Assert.Equal(NeighbourState.Stale, State);
        Assert.True(_run.Table.TryGetStation(2, Address, out MacAddress station));
        Assert.Equal(Station, station);
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void Another_station_with_override_is_taken_at_once_and_is_stale()
    {
        Know();

        Advertise(Other, Override);

        Assert.Equal(NeighbourState.Stale, State);
        Assert.Equal("learned 2001:db8::b 02:00:00:00:00:0c", _run.Log[^1]);
    }

    [Fact]
    [Rfc("4861 §7.2.5")]
    public void The_same_station_announced_again_changes_nothing()
    {
        Know();
        int lines = _run.Log.Count;

        Advertise(Station, Override);

        Assert.Equal(NeighbourState.Reachable, State);
        Assert.Equal(lines, _run.Log.Count);
    }

    [Fact]
    [Rfc("4861 §7.2.3")]
    public void Who_asks_us_is_learnt_as_stale_and_only_when_wanted()
    {
        Ask(Station);
        Assert.Equal(0, _run.Table.Count);
        _run.Table.OnWanted(2, Address, _run.Now);

        Ask(Station);

        Assert.Equal(NeighbourState.Stale, State);
        Assert.Equal("learned 2001:db8::b 02:00:00:00:00:0b", _run.Log[^1]);
    }

    [Fact]
    [Rfc("4861 §7.2.3")]
    public void Who_asks_us_from_where_it_was_stays_reachable()
    {
        Know();

        Ask(Station);
        Assert.Equal(NeighbourState.Reachable, State);
        Ask(Other);

        Assert.Equal(NeighbourState.Stale, State);
        Assert.Equal("learned 2001:db8::b 02:00:00:00:00:0c", _run.Log[^1]);
    }

    [Fact]
    public void A_late_answer_revives_a_neighbour_that_had_failed()
    {
        _run.Table.OnWanted(2, Address, _run.Now);
        _run.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(NeighbourState.Failed, State);

        Advertise(Station, Solicited | Override);

        Assert.Equal(NeighbourState.Reachable, State);
        _run.Pass(TimeSpan.FromSeconds(29));
        Assert.Equal(NeighbourState.Reachable, State);
    }

    [Fact]
    public void A_neighbour_that_answers_while_probed_is_reachable_again()
    {
        Know();
        _run.Pass(TimeSpan.FromSeconds(31));
        _run.Table.OnWanted(2, Address, _run.Now);
        Assert.Equal(NeighbourState.Probing, State);

        Advertise(Station, Solicited);
        _run.Pass(TimeSpan.FromSeconds(29));

        Assert.Equal(NeighbourState.Reachable, State);
    }

    private void Know()
    {
        _run.Table.OnWanted(2, Address, _run.Now);
        Advertise(Station, Solicited | Override);
    }

    private void Advertise(MacAddress? station, NeighbourFlags flags) => _run.Table.OnDiscovery(
        2,
        new(NeighbourMessage.Advertisement, Address, Own, Address, station, flags),
        _run.Now);

    private void Ask(MacAddress station) => _run.Table.OnDiscovery(
        2, NeighbourDiscovery.Request(station, Address, Own), _run.Now);
}

using System;
using System.Linq;
using Steelyard.Core.Routing;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;

namespace Steelyard.Tests.Linux;

/// <summary>
/// Message bodies as bytes, laid out by hand after rtnetlink(7) on a little-endian machine.
/// </summary>
public sealed class NetlinkReaderTests
{
    private const ushort NewLink = 16;
    private const ushort NewAddress = 20;
    private const ushort NewRoute = 24;

    /// <summary>Index 3, flags UP | RUNNING (0x41); name, MTU 1500, station address.</summary>
    private const string Eth0 =
        "00 00 01 00  03 00 00 00  41 00 00 00  00 00 00 00"
        + "09 00 03 00  65 74 68 30  00 00 00 00"
        + "08 00 04 00  dc 05 00 00"
        + "0a 00 01 00  02 00 00 00  00 01 00 00";

    [Fact]
    public void An_interface_is_read_with_its_addresses()
    {
        NetworkPicture picture = Read(
            (NewLink, Eth0),
            (NewAddress,
                "02 18 80 00  03 00 00 00"
                + "08 00 01 00  0a 00 00 01"
                + "08 00 02 00  0a 00 00 01"));

        InterfaceState state = Assert.Single(picture.Interfaces);
        Assert.Equal(3, state.Index);
        Assert.Equal("eth0", state.Name);
        Assert.Equal(1500, state.MaximumTransmissionUnit);
        Assert.Equal(new MacAddress(0x0200_0000_0001), state.HardwareAddress);
        Assert.True(state.IsUp);
        Assert.Equal("10.0.0.1/24", Assert.Single(state.Addresses).ToString());
    }

    [Theory]
    [InlineData("01")]
    [InlineData("40")]
    [InlineData("00")]
    public void An_interface_without_carrier_or_taken_down_is_not_up(string flags)
    {
        string body = "00 00 01 00  03 00 00 00 " + flags + " 00 00 00  00 00 00 00";

        Assert.False(Assert.Single(Read((NewLink, body)).Interfaces).IsUp);
    }

    /// <summary>IFA_FLAGS (attribute 8) with IFA_F_TENTATIVE (0x40): not ours yet.</summary>
    [Fact]
    public void An_address_still_being_checked_is_left_out()
    {
        NetworkPicture picture = Read(
            (NewLink, Eth0),
            (NewAddress,
                "0a 40 c0 00  03 00 00 00"
                + "14 00 01 00  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
                + "08 00 08 00  40 00 00 00"));

        Assert.Empty(Assert.Single(picture.Interfaces).Addresses);
    }

    /// <summary>On a point-to-point link IFA_ADDRESS is the other end.</summary>
    [Fact]
    public void The_local_address_wins_over_the_peer()
    {
        NetworkPicture picture = Read(
            (NewLink, Eth0),
            (NewAddress,
                "02 20 80 00  03 00 00 00"
                + "08 00 01 00  0a 00 00 02"
                + "08 00 02 00  0a 00 00 01"));

        Assert.Equal(
            "10.0.0.1/32", Assert.Single(Assert.Single(picture.Interfaces).Addresses).ToString());
    }

    [Fact]
    public void A_default_route_has_its_gateway_interface_and_metric()
    {
        NetworkPicture picture = Read(
            (NewRoute,
                "02 00 00 00  fe 04 00 01  00 00 00 00"
                + "08 00 0f 00  fe 00 00 00"
                + "08 00 05 00  0a 00 00 fe"
                + "08 00 04 00  03 00 00 00"
                + "08 00 06 00  64 00 00 00"));

        RouteEntry route = Assert.Single(picture.Routes);
        Assert.Equal("0.0.0.0/0", route.Destination.ToString());
        Assert.Equal(IpAddress.Parse("10.0.0.254"), route.Gateway);
        Assert.Equal(3, route.InterfaceIndex);
        Assert.Equal(100, route.Metric);
    }

    /// <summary>RTA_MULTIPATH: hops over 3 and 4, and one that is dead (flag 1) over 5.</summary>
    [Fact]
    public void A_route_of_several_hops_is_several_routes_without_the_dead()
    {
        NetworkPicture picture = Read(
            (NewRoute,
                "02 08 00 00  fe 04 00 01  00 00 00 00"
                + "08 00 01 00  0a 00 00 00"
                + "34 00 09 00"
                + "10 00 00 00  03 00 00 00  08 00 05 00  0a 00 00 01"
                + "10 00 00 00  04 00 00 00  08 00 05 00  0a 00 00 02"
                + "10 00 01 00  05 00 00 00  08 00 05 00  0a 00 00 03"));

        Assert.Equal(
            ["3 10.0.0.1", "4 10.0.0.2"],
            picture.Routes.Select(route => $"{route.InterfaceIndex} {route.Gateway}"));
        Assert.All(picture.Routes, route => Assert.Equal("10.0.0.0/8", $"{route.Destination}"));
    }

    /// <summary>RTA_VIA: an IPv4 route through an IPv6 neighbour. RFC 5549.</summary>
    [Fact]
    public void An_ipv4_route_may_have_an_ipv6_gateway()
    {
        NetworkPicture picture = Read(
            (NewRoute,
                "02 00 00 00  fe 04 00 01  00 00 00 00"
                + "08 00 04 00  03 00 00 00"
                + "16 00 12 00  0a 00  fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01"));

        Assert.Equal(IpAddress.Parse("fe80::1"), Assert.Single(picture.Routes).Gateway);
    }

    /// <summary>
    /// Of table 255 (local), of type 6 (blackhole), cloned (0x200), of IPv6 multicast.
    /// </summary>
    [Theory]
    [InlineData("02 20 00 00  ff 02 fe 02  00 00 00 00")]
    [InlineData("02 20 00 00  ff 02 fe 01  00 00 00 00")]
    [InlineData("02 20 00 00  fe 04 00 06  00 00 00 00")]
    [InlineData("02 20 00 00  fe 04 00 01  00 02 00 00")]
    [InlineData("07 20 00 00  fe 04 00 01  00 00 00 00")]
    [InlineData("02 20 00 00  fc 04 00 01  00 00 00 00 08 00 0f 00 e8 03 00 00")]
    public void Other_routes_are_left_out(string body)
    {
        Assert.Empty(Read((NewRoute, body)).Routes);
    }

    /// <summary>Cut at every length, and with lengths that lie: nothing throws.</summary>
    [Fact]
    public void What_does_not_parse_is_passed_over()
    {
        byte[] whole = Bytes(Eth0);
        byte[] lying = (byte[])whole.Clone();
        lying[16] = 0xFF;
        lying[17] = 0xFF;
        NetlinkReader reader = new();
        for (int length = 0; length < whole.Length; length++)
        {
            foreach (ushort type in new ushort[] { NewLink, NewAddress, NewRoute, 99 })
            {
                reader.Take(type, whole.AsSpan(0, length));
            }
        }

        reader.Take(NewLink, lying);

        Assert.NotNull(reader.ToPicture());
    }

    private static NetworkPicture Read(params (ushort Type, string Body)[] messages)
    {
        NetlinkReader reader = new();
        foreach ((ushort type, string body) in messages)
        {
            reader.Take(type, Bytes(body));
        }

        return reader.ToPicture();
    }

    private static byte[] Bytes(string text) =>
        Convert.FromHexString(text.Replace(" ", string.Empty, StringComparison.Ordinal));
}

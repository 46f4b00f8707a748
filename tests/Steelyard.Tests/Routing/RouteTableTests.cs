using System.Linq;
using CsCheck;
using Steelyard.Core.Routing;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Routing;

public class RouteTableTests
{
    [Theory]
    [InlineData("10.1.0.11", 2, "10.1.0.11")]
    [InlineData("10.1.0.77", 3, "10.1.0.78")]
    [InlineData("10.1.0.78", 3, "10.1.0.78")]
    [InlineData("10.2.0.1", 1, "10.254.0.2")]
    [InlineData("255.255.255.255", 1, "10.254.0.2")]
    [InlineData("0.0.0.0", 1, "10.254.0.2")]
    [InlineData("fd00:1::b", 2, "fd00:1::b")]
    public void The_longest_prefix_wins(string destination, int interfaceIndex, string nextHop)
    {
        RouteTable routes = new(
        [
            Route("0.0.0.0/0", "10.254.0.2", 1),
            Route("10.1.0.0/24", null, 2),
            Route("10.1.0.76/30", "10.1.0.78", 3),
            Route("fd00:1::/64", null, 2),
        ]);

        Assert.True(routes.TryFind(IpAddress.Parse(destination), out NextHop hop));
        Assert.Equal(new NextHop(interfaceIndex, IpAddress.Parse(nextHop)), hop);
    }

    [Fact]
    public void Where_no_route_leads_none_is_found()
    {
        RouteTable routes = new([Route("10.1.0.0/24", null, 2), Route("::/0", "fe80::1", 1)]);

        Assert.False(routes.TryFind(IpAddress.Parse("10.0.255.255"), out _));
        Assert.False(routes.TryFind(IpAddress.Parse("10.1.1.0"), out _));
        Assert.False(RouteTable.Empty.TryFind(IpAddress.Parse("10.1.0.1"), out _));
    }

    [Fact]
    public void Of_two_routes_to_one_prefix_the_lower_metric_wins()
    {
        RouteTable routes = new(
        [
            Route("10.1.0.0/24", null, 2, metric: 100),
            Route("10.1.0.0/24", null, 3, metric: 50),
        ]);

        Assert.True(routes.TryFind(IpAddress.Parse("10.1.0.1"), out NextHop hop));
        Assert.Equal(3, hop.InterfaceIndex);
    }

    /// <summary>The oracle looks at every route.</summary>
    [Fact]
    public void Every_lookup_is_that_of_a_search_through_all_routes()
    {
        // Few different bits, so that prefixes nest and meet.
        Gen<uint> addresses = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 3], Gen.Int[0, 3])
            .Select((a, b, c) => ((uint)a << 29) | ((uint)b << 15) | (uint)c);
        Gen<RouteEntry> entries = Gen.Select(addresses, Gen.Int[0, 32], Gen.Int[0, 2])
            .Select((address, length, metric) => new RouteEntry(
                new(IpAddress.FromIpv4(address), length), null, length + 1, metric));
        Gen.Select(entries.Array[0, 12], addresses.Array[1, 10]).Sample((routes, destinations) =>
        {
            RouteTable table = new([.. routes]);
            foreach (uint destination in destinations)
            {
                IpAddress address = IpAddress.FromIpv4(destination);
                RouteEntry[] fitting =
                [
                    .. routes.Where(route => route.Destination.Contains(address))
                        .OrderByDescending(route => route.Destination.Length),
                ];
                bool found = table.TryFind(address, out NextHop hop);
                Assert.Equal(fitting.Length > 0, found);
                Assert.True(!found || hop.InterfaceIndex == fitting[0].InterfaceIndex);
            }
        });
    }

    private static RouteEntry Route(
        string destination, string? gateway, int interfaceIndex, int metric = 0)
    {
        Assert.True(IpPrefix.TryParse(destination, out IpPrefix prefix));
        return new(
            prefix,
            gateway is null ? null : IpAddress.Parse(gateway),
            interfaceIndex,
            metric);
    }
}

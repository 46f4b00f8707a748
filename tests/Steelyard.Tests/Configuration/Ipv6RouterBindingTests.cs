using System;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

/// <summary>A <c>vrrp_instance</c> whose adverts go over IPv6.</summary>
public sealed class Ipv6RouterBindingTests
{
    [Fact]
    public void Addresses_of_ipv6_make_a_router_of_version_3()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            global_defs {
                vrrp_version 2
            }
            vrrp_instance six {
                interface eth0
                virtual_router_id 51
                advert_int 0.25
                native_ipv6
                mcast_src_ip fe80::7
                virtual_ipaddress {
                    fe80::5:1/64
                    2001:db8::1/64
                }
                virtual_ipaddress_excluded {
                    192.0.2.1/24
                    2001:db8::2
                }
            }
            """);

        VirtualRouterConfig router = config.VirtualRouters[0];
        Assert.True(router.IsIpv6);
        Assert.Equal(3, router.Version);
        Assert.Equal(TimeSpan.FromMilliseconds(250), router.AdvertisementInterval);
        Assert.Equal(IpAddress.Parse("fe80::7"), router.SourceAddress);
        Assert.Equal("fe80::5:1/64 2001:db8::1/64", string.Join(' ', router.Addresses));
        Assert.Equal("192.0.2.1/24 2001:db8::2/128", string.Join(' ', router.ExcludedAddresses));
    }

    [Fact]
    public void An_ipv4_router_may_hold_an_excluded_ipv6_address()
    {
        ApplianceConfig config = MemoryFiles.Accept(Instance(
            "four", "192.0.2.1", "virtual_ipaddress_excluded {\n  2001:db8::1/64\n}"));

        VirtualRouterConfig router = config.VirtualRouters[0];
        Assert.False(router.IsIpv6);
        Assert.Equal(2, router.Version);
        Assert.Equal("2001:db8::1/64", string.Join(' ', router.ExcludedAddresses));
    }

    [Fact]
    public void Version_2_has_no_ipv6()
    {
        string[] faults = MemoryFiles.FaultsOf(Instance("six", "2001:db8::1", "version 2"));

        Assert.Equal(
            ["box.conf:7:1: VRRP version 2 knows no IPv6 address; say 'version 3'"], faults);
    }

    [Fact]
    public void A_source_of_the_other_family_is_refused()
    {
        string[] faults = MemoryFiles.FaultsOf(
            Instance("six", "2001:db8::1", "mcast_src_ip 192.0.2.9"));

        Assert.Equal(
            [
                "box.conf:7:14: adverts of 2001:db8::1 come from an address of its family, "
                    + "not 192.0.2.9",
            ],
            faults);
    }

    /// <summary>keepalived -t of the second: "both use VRID 51 with IPv6 on interface".</summary>
    [Fact]
    [Rfc("9568 §5.2.3")]
    public void Routers_of_two_families_may_share_a_number_and_two_of_one_may_not()
    {
        string four = Instance("four", "192.0.2.1", string.Empty);
        string six = Instance("six", "2001:db8::1", string.Empty);
        string again = Instance("again", "2001:db8::2", string.Empty);

        Assert.Equal(2, MemoryFiles.Accept(four + six).VirtualRouters.Length);
        Assert.Contains(
            "virtual_router_id 51 on eth0 is that of vrrp_instance six, too",
            Assert.Single(MemoryFiles.FaultsOf(six + again)));
    }

    private static string Instance(string name, string address, string words) =>
        $"vrrp_instance {name} {{\n"
        + "interface eth0\n"
        + "virtual_router_id 51\n"
        + "virtual_ipaddress {\n"
        + $"{address}\n"
        + "}\n"
        + $"{words}\n"
        + "}\n";
}

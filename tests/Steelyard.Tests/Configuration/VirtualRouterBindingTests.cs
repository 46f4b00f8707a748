using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

public sealed class VirtualRouterBindingTests
{
    [Fact]
    public void A_short_instance_has_keepaliveds_defaults()
    {
        ApplianceConfig config = MemoryFiles.Accept(Instance(string.Empty));

        VirtualRouterConfig expected = new()
        {
            Name = "outside",
            Interface = "eth0",
            VirtualRouterId = 51,
            Priority = 100,
            Version = 2,
            AdvertisementInterval = TimeSpan.FromSeconds(1),
            StartsAsMaster = false,
            Preempts = true,
            PreemptDelay = TimeSpan.Zero,
            Addresses = [new IpPrefix(IpAddress.Parse("192.0.2.1"), 32)],
            ExcludedAddresses = [],
            SourceAddress = null,
            AuthenticationPassword = null,
            ChecksumsPseudoHeader = true,
            GratuitousArpRepeat = 5,
            GratuitousArpDelay = TimeSpan.FromSeconds(5),
        };
        Assert.Equal([expected], config.VirtualRouters);
        Assert.Equal("host", config.BoxName);
    }

    [Fact]
    public void Every_word_of_an_instance_reaches_the_model()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            vrrp_instance a {
                state BACKUP
                interface eth1.5
                use_vmac
                accept
                virtual_router_id 7
                priority 254
                version 3
                advert_int 0.25
                nopreempt
                preempt_delay 2.5
                mcast_src_ip 192.0.2.9
                garp_master_delay 0
                garp_master_repeat 2
                v3_checksum_as_v2
                virtual_ipaddress {
                    192.0.2.1/24 dev eth1.5 label eth1.5:1 scope global
                    192.0.2.2/24 brd 192.0.2.255 noprefixroute
                }
                virtual_ipaddress_excluded {
                    198.51.100.1
                }
            }
            """);

        VirtualRouterConfig expected = new()
        {
            Name = "a",
            Interface = "eth1.5",
            VirtualRouterId = 7,
            Priority = 254,
            Version = 3,
            AdvertisementInterval = TimeSpan.FromMilliseconds(250),
            Preempts = false,
            PreemptDelay = TimeSpan.Zero, // Beside nopreempt there is none.
            Addresses =
            [
                new IpPrefix(IpAddress.Parse("192.0.2.1"), 24),
                new IpPrefix(IpAddress.Parse("192.0.2.2"), 24),
            ],
            ExcludedAddresses = [new IpPrefix(IpAddress.Parse("198.51.100.1"), 32)],
            SourceAddress = IpAddress.Parse("192.0.2.9"),
            ChecksumsPseudoHeader = false,
            GratuitousArpRepeat = 2,
            GratuitousArpDelay = TimeSpan.Zero,
        };
        Assert.Equal([expected], config.VirtualRouters);
    }

    [Fact]
    public void Global_defaults_hold_where_they_stand_behind_the_instance()
    {
        ApplianceConfig config = MemoryFiles.Accept(
            Instance("  advert_int 0.05")
            + "global_defs {\n  vrrp_version 3\n  vrrp_min_garp\n  v3_checksum_as_v2\n}\n");

        VirtualRouterConfig router = config.VirtualRouters[0];
        Assert.Equal(3, router.Version);
        Assert.Equal(1, router.GratuitousArpRepeat);
        Assert.Equal(TimeSpan.Zero, router.GratuitousArpDelay);
        Assert.False(router.ChecksumsPseudoHeader);
    }

    [Theory]
    [InlineData("auth_pass secret", "secret")]
    [InlineData("auth_type PASS\n    auth_pass 1111", "1111")]
    public void A_password_of_version_2_is_kept(string words, string expected)
    {
        ApplianceConfig config =
            MemoryFiles.Accept(Instance($"  authentication {{\n    {words}\n  }}"));

        Assert.Equal(expected, config.VirtualRouters[0].AuthenticationPassword);
    }

    [Fact]
    public void A_long_password_is_cut_as_keepalived_cuts_it_with_a_warning()
    {
        ConfigurationResult result = MemoryFiles.Load(
            Instance("  authentication {\n    auth_type PASS\n    auth_pass 0123456789\n  }"));

        Assert.Equal("01234567", result.Config?.VirtualRouters[0].AuthenticationPassword);
        Assert.Equal(
            ["box.conf:7:15: warning: 'auth_pass' is cut to 8 characters"],
            result.Faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void Version_3_carries_no_password()
    {
        ConfigurationResult result = MemoryFiles.Load(
            Instance("  version 3\n  authentication {\n    auth_pass x\n  }"));

        Assert.Null(result.Config?.VirtualRouters[0].AuthenticationPassword);
        Assert.True(Assert.Single(result.Faults).IsWarning);
    }

    [Theory]
    [InlineData("state SLAVE", "5:9", "'SLAVE' is not a state; say MASTER or BACKUP")]
    [InlineData("state MASTE", "5:9", "'MASTE' is not a state; did you mean MASTER?")]
    [InlineData("priority 0", "5:12",
        "'priority' is a whole number from 1 to 255, not '0'")]
    [InlineData("priority 256", "5:12",
        "'priority' is a whole number from 1 to 255, not '256'")]
    [InlineData("priority -1", "5:12",
        "'priority' is a whole number from 1 to 255, not '-1'")]
    [InlineData("version 1", "5:11", "'version' is a whole number from 2 to 3, not '1'")]
    [InlineData("advert_int 0.5", "5:14",
        "VRRP version 2, which is the default, has whole seconds; "
        + "say 'version 3' for 'advert_int 0.5'")]
    [InlineData("advert_int 256", "5:14",
        "'advert_int' is a number of seconds from 0.01 to 255, not '256'")]
    [InlineData("advert_int 1,5", "5:14",
        "'advert_int' is a number of seconds from 0.01 to 255, not '1,5'")]
    [InlineData("mcast_src_ip 10.0.0.256", "5:16", "'10.0.0.256' is not an IP address")]
    [InlineData("mcast_src_ip 2001:db8::1", "5:16",
        "adverts of 192.0.2.1 come from an address of its family, not 2001:db8::1")]
    [InlineData("native_ipv6", "5:3", "'native_ipv6' contradicts the address 192.0.2.1")]
    [InlineData("preempt_delay 1001", "5:17",
        "'preempt_delay' is a number of seconds from 0 to 1000, not '1001'")]
    [InlineData("unicast_peer {\n  10.0.0.2\n}", "5:3", "'unicast_peer' is not supported yet")]
    [InlineData("authentication {\n  auth_type AH\n  auth_pass x\n}", "6:13",
        "'auth_type AH' is not supported; RFC 3768 removed it")]
    [InlineData("authentication {\n}", "5:3", "'authentication' needs 'auth_pass'")]
    [InlineData("authentication {\n  auth_pass é\n}", "6:13",
        "'auth_pass' is one to eight ASCII characters")]
    [InlineData("virtual_ipaddress {\n  192.0.2.1/33\n}", "6:3",
        "'192.0.2.1/33' is not an address such as 192.0.2.1/24")]
    [InlineData("virtual_ipaddress {\n  192.0.2.1\n}", "6:3", "192.0.2.1 is given twice")]
    [InlineData("virtual_ipaddress {\n  2001:db8::1\n}", "6:3",
        "an advert carries addresses of one family, and 192.0.2.1 is of the other; "
        + "put 2001:db8::1 into virtual_ipaddress_excluded")]
    [InlineData("virtual_ipaddress_excluded {\n  ff02::5\n}", "6:3",
        "ff02::5 cannot be a virtual address")]
    [InlineData("virtual_ipaddress_excluded {\n  ::\n}", "6:3",
        ":: cannot be a virtual address")]
    [InlineData("virtual_ipaddress_excluded {\n  ::1\n}", "6:3",
        "::1 cannot be a virtual address")]
    [InlineData("virtual_ipaddress_excluded {\n  2001:db8::1/129\n}", "6:3",
        "'2001:db8::1/129' is not an address such as 192.0.2.1/24")]
    [InlineData("virtual_ipaddress {\n  224.0.0.1\n}", "6:3",
        "224.0.0.1 cannot be a virtual address")]
    [InlineData("virtual_ipaddress {\n  192.0.2.3 dev\n}", "6:13", "'dev' needs a value")]
    [InlineData("virtual_ipaddress {\n  192.0.2.3 lable x\n}", "6:13",
        "'lable' is not a word behind an address; did you mean label?")]
    [InlineData("virtual_ipaddress {\n  192.0.2.3 dev eth9\n}", "6:17",
        "an address on another interface is not supported yet; give eth9 a vrrp_instance of its "
        + "own and put both into one vrrp_sync_group")]
    [InlineData("virtual_ipaddress {\n  priority 5\n}", "6:3",
        "'priority' stands among addresses; is a '}' missing above?")]
    public void A_wrong_value_is_said_at_its_place(
        string words, string position, string sentence)
    {
        string[] faults = MemoryFiles.FaultsOf(Instance($"  {words}"));

        Assert.Contains($"box.conf:{position}: {sentence}", faults);
    }

    [Theory]
    [InlineData("interface", "vrrp_instance outside needs 'interface'")]
    [InlineData("virtual_router_id", "vrrp_instance outside needs 'virtual_router_id'")]
    [InlineData("virtual_ipaddress",
        "vrrp_instance outside holds no address: add virtual_ipaddress")]
    public void An_instance_without_what_it_needs_is_refused(string left, string sentence)
    {
        IEnumerable<string> lines = Instance(string.Empty).Split('\n')
            .Where(line => !line.Contains(left, StringComparison.Ordinal));

        string[] faults = MemoryFiles.FaultsOf(string.Join('\n', lines));

        Assert.Equal([$"box.conf:1:1: {sentence}"], faults);
    }

    /// <summary>Values and warnings of keepalived 2.2.7.</summary>
    [Theory]
    [InlineData("state MASTER", 255, true, true, 0,
        "'state MASTER' without 'priority' is priority 255, as in keepalived: the owner")]
    [InlineData("state BACKUP\n  state MASTER\n  priority 150", 150, true, true, 0, "given twice")]
    [InlineData("state BACKUP", 100, false, true, 0, null)]
    [InlineData("priority 255", 255, true, true, 0, null)]
    [InlineData("state MASTER\n  priority 150\n  nopreempt", 150, true, true, 0,
        "'nopreempt' contradicts 'state MASTER', ignored as in keepalived: a box that leaves a "
        + "living MASTER in place starts as BACKUP; say 'state BACKUP' on both boxes")]
    [InlineData("priority 255\n  nopreempt", 255, true, true, 0,
        "'nopreempt' contradicts 'priority 255', ignored")]
    [InlineData("nopreempt", 100, false, false, 0, null)]
    [InlineData("state MASTER\n  priority 150\n  preempt_delay 5", 150, true, true, 0,
        "'preempt_delay' does not go with 'state MASTER', ignored as in keepalived")]
    [InlineData("nopreempt\n  preempt_delay 5", 100, false, false, 0,
        "'preempt_delay' does not go with 'nopreempt', ignored as in keepalived")]
    [InlineData("preempt_delay 12.5", 100, false, true, 12.5, null)]
    public void Who_begins_as_master_and_preempts_is_as_in_keepalived(
        string words, byte priority, bool starts, bool preempts, double delay, string? warning)
    {
        ConfigurationResult result = MemoryFiles.Load(Instance("  " + words));

        VirtualRouterConfig router = Assert.Single(result.Config!.VirtualRouters);
        Assert.Equal(
            (priority, starts, preempts, delay),
            (router.Priority, router.StartsAsMaster, router.Preempts,
                router.PreemptDelay.TotalSeconds));
        string? said = result.Faults.Select(fault => fault.Sentence).SingleOrDefault();
        Assert.Equal(warning is null, said is null);
        Assert.Contains(warning ?? string.Empty, said ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_instances_cannot_share_a_name_an_identifier_or_an_address()
    {
        string[] faults = MemoryFiles.FaultsOf(
            Instance(string.Empty) + Instance(string.Empty));

        Assert.Equal(
            [
                "box.conf:7:15: there are two vrrp_instance outside",
            ],
            faults);
    }

    [Fact]
    public void An_identifier_is_unique_on_its_interface_only()
    {
        string other = Instance(string.Empty)
            .Replace("outside", "inside", StringComparison.Ordinal)
            .Replace("192.0.2.1", "10.0.0.1", StringComparison.Ordinal);

        string[] clash = MemoryFiles.FaultsOf(Instance(string.Empty) + other);
        string[] apart = MemoryFiles.FaultsOf(
            Instance(string.Empty) + other.Replace("eth0", "eth1", StringComparison.Ordinal));

        Assert.Equal(
            [
                "box.conf:7:15: virtual_router_id 51 on eth0 is that of vrrp_instance outside, too",
            ],
            clash);
        Assert.Empty(apart);
    }

    [Fact]
    public void A_sync_group_names_its_members()
    {
        string inside = Instance(string.Empty)
            .Replace("outside", "inside", StringComparison.Ordinal)
            .Replace("192.0.2.1", "10.0.0.1", StringComparison.Ordinal)
            .Replace("eth0", "eth1", StringComparison.Ordinal);

        ApplianceConfig config = MemoryFiles.Accept(
            "vrrp_sync_group box {\n  group {\n    outside\n    inside\n  }\n}\n"
            + Instance(string.Empty) + inside);

        Assert.Equal([new SyncGroupConfig("box", ["outside", "inside"])], config.SyncGroups);
    }

    [Theory]
    [InlineData("group {\n outsid\n}",
        "no vrrp_instance is called 'outsid'; did you mean 'outside'?")]
    [InlineData("group {\n outside\n outside\n}", "'outside' is in a sync group already")]
    [InlineData("group {\n}", "a vrrp_sync_group needs 'group { … }' with its instances")]
    public void A_sync_group_knows_each_member_once(string words, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(
            Instance(string.Empty) + $"vrrp_sync_group box {{\n{words}\n}}\n");

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
    }

    [Fact]
    public void The_thirty_third_instance_on_one_interface_is_refused()
    {
        string text = string.Concat(Enumerable.Range(1, 34).Select(number => $$"""
            vrrp_instance VI_{{number}} {
                interface {{(number == 34 ? "eth1" : "eth0")}}
                virtual_router_id {{number}}
                virtual_ipaddress { 192.0.2.{{number}} }
            }

            """));

        string[] faults = MemoryFiles.FaultsOf(text);

        Assert.Equal(
            [
                "box.conf:161:15: eth0 has 32 vrrp_instance already: "
                    + "one interface can serve no more",
            ],
            faults);
    }

    private static string Instance(string words) => $$"""
        vrrp_instance outside {
          interface eth0
          virtual_router_id 51
          virtual_ipaddress { 192.0.2.1 }
        {{words}}
        }

        """;
}

using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

/// <summary>The blocks <c>mark</c>, <c>lvs_settings</c>, <c>source_pool</c>, <c>masquerade</c>.
/// </summary>
public sealed class OwnLvsBindingTests
{
    private const string Routers =
        "vrrp_instance out {\ninterface eth0\nvirtual_router_id 1\n"
        + "virtual_ipaddress {\n192.0.2.1\n}\n}\n"
        + "vrrp_instance in {\ninterface eth1\nvirtual_router_id 2\n"
        + "virtual_ipaddress {\n10.1.0.2\n10.1.0.3\n10.1.0.4\n10.1.0.5\n}\n}\n";

    [Fact]
    public void Each_range_of_ports_of_a_mark_is_a_rule_in_the_files_order()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            mark 2 {
                protocol TCP
                source 10.0.0.0/8
                destination 192.0.2.0/24
                port 80 443-445
                interface outside
            }
            mark 1 {
                protocol UDP
            }
            """);

        MarkRule web = new(2)
        {
            Protocol = TransportProtocol.Tcp,
            Source = new IpPrefix(IpAddress.Parse("10.0.0.0"), 8),
            Destination = new IpPrefix(IpAddress.Parse("192.0.2.0"), 24),
            FirstPort = 80,
            LastPort = 80,
            Interface = "outside",
        };
        Assert.Equal(
            [
                web,
                web with { FirstPort = 443, LastPort = 445 },
                new MarkRule(1) { Protocol = TransportProtocol.Udp },
            ],
            config.MarkRules);
    }

    [Fact]
    public void The_switches_of_LVS_have_the_names_of_its_sysctls()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            lvs_settings {
                expire_nodest_conn 1
                expire_quiescent_template 1
                conn_reuse_mode 3
                drop_entry 1
                drop_packet 2
                secure_tcp 3
                sloppy_tcp 1
                sloppy_sctp 1
                schedule_icmp 1
                pmtu_disc 0
                nat_icmp_send 1
                am_droprate 20
                service_share 30
                source_share 100
                lblc_expiration 3600
                lblcr_expiration 7200
            }
            """);

        Assert.Equal(
            new LvsSettings
            {
                ExpireNodestConn = true,
                ExpireQuiescentTemplate = true,
                ConnReuseMode = 3,
                DropEntry = 1,
                DropPacket = 2,
                SecureTcp = 3,
                SloppyTcp = true,
                SloppySctp = true,
                ScheduleIcmp = true,
                PmtuDisc = false,
                NatIcmpSend = true,
                AmDroprate = 20,
                ServiceShare = 30,
                SourceShare = 100,
                LblcExpiration = TimeSpan.FromHours(1),
                LblcrExpiration = TimeSpan.FromHours(2),
            },
            config.LvsSettings);
        Assert.Equal(LvsSettings.Default, MemoryFiles.Accept("lvs_settings {\n}\n").LvsSettings);
    }

    [Fact]
    public void Pool_and_masquerade_reach_the_model()
    {
        ApplianceConfig config = MemoryFiles.Accept(Routers + """
            global_defs {
                connection_limit 5000
            }
            source_pool {
                10.1.0.2 10.1.0.3-10.1.0.4
                10.1.0.5
            }
            masquerade {
                source 10.1.0.0/24
                source 10.2.0.0/16 address 192.0.2.1
            }
            """);

        Assert.Equal(5000, config.ConnectionLimit);
        Assert.Equal(
            ["10.1.0.2", "10.1.0.3", "10.1.0.4", "10.1.0.5"],
            config.SourcePool.Select(address => address.ToString()));
        Assert.Equal(
            [
                new(new IpPrefix(IpAddress.Parse("10.1.0.0"), 24), null),
                new(new IpPrefix(IpAddress.Parse("10.2.0.0"), 16), IpAddress.Parse("192.0.2.1")),
            ],
            (IEnumerable<MasqueradeConfig>)config.Masquerades);
    }

    [Fact]
    public void Full_NAT_takes_its_sources_from_the_pool()
    {
        ApplianceConfig config = MemoryFiles.Accept(Routers + """
            source_pool {
                10.1.0.2
            }
            virtual_server 192.0.2.1 80 {
                protocol TCP
                lvs_method FNAT
                real_server 10.1.0.11 8080 {
                }
            }
            """);

        Assert.Equal(
            ForwardingMethod.FullNat,
            config.VirtualServers[0].RealServers[0].Settings.Method);
    }

    [Theory]
    [InlineData("mark {\nprotocol TCP\n}", 1, "'mark' needs a value")]
    [InlineData("mark 0 {\nprotocol TCP\n}", 1,
        "a mark is a whole number from 1 to 4294967295, not '0'")]
    [InlineData("mark 1 {\n}", 1,
        "'mark' says of no packet that it carries the mark: add protocol, source, destination, "
        + "port or interface")]
    [InlineData("mark 1 {\nprotocol ICMP\n}", 2, "'ICMP' is not a protocol; say TCP, UDP or SCTP")]
    [InlineData("mark 1 {\nsource 10.0.0.0/33\n}", 2,
        "'10.0.0.0/33' is not an address or a network such as 10.0.0.0/8")]
    [InlineData("mark 1 {\nsource 10.0.0.0/8\ndestination 2001:db8::/32\n}", 1,
        "10.0.0.0/8 and 2001:db8::/32 are of different families")]
    [InlineData("mark 1 {\nport\n}", 2, "'port' needs ports such as 80 or 8000-8080")]
    [InlineData("mark 1 {\nport 90-80\n}", 2,
        "a port is a number from 1 to 65535, or a range such as 8000-8080, not '90-80'")]
    [InlineData("mark 1 {\nport 1-2-3\n}", 2,
        "a port is a number from 1 to 65535, or a range such as 8000-8080, not '1-2-3'")]
    [InlineData("mark 1 {\ninterface a/b\n}", 2,
        "'a/b' is not an interface name (1 to 15 characters)")]
    [InlineData("mark 1 {\nprot TCP\n}", 2, "'prot' is not a word in mark; did you mean 'port'?")]
    [InlineData("lvs_settings {\ndrop_entry 4\n}", 2,
        "'drop_entry' is a whole number from 0 to 3, not '4'")]
    [InlineData("lvs_settings {\nservice_share 0\n}", 2,
        "'service_share' is a whole number from 1 to 100, not '0'")]
    [InlineData("lvs_settings {\nlblc_expiration 2678401\n}", 2,
        "'lblc_expiration' is a whole number from 0 to 2678400, not '2678401'")]
    [InlineData("lvs_settings {\nsloppy_tcp on\n}", 2,
        "'sloppy_tcp' is a whole number from 0 to 1, not 'on'")]
    [InlineData("lvs_settings {\namdroprate 5\n}", 2,
        "'amdroprate' is not a word in lvs_settings; did you mean 'am_droprate'?")]
    [InlineData("source_pool {\n}", 1, "'source_pool' needs addresses: { 10.1.0.2 … }")]
    [InlineData("source_pool {\n10.1.0.2-1\n}", 2,
        "'10.1.0.2-1' is not an address, nor a range such as 10.1.0.3-10.1.0.9")]
    [InlineData("source_pool {\n10.1.0.9\n}", 2,
        "no vrrp_instance holds 10.1.0.9: servers could not reply to it")]
    [InlineData("source_pool {\n10.1.0.2\n10.1.0.2-3\n}", 3, "10.1.0.2 is given twice")]
    [InlineData("masquerade {\n}", 1, "'masquerade' needs whom it is for: source 10.1.0.0/24")]
    [InlineData("masquerade {\nsource\n}", 2, "'source' needs a network such as 10.1.0.0/24")]
    [InlineData("masquerade {\nsource 10.1.0.0/24 address\n}", 2, "'address' needs an address")]
    [InlineData("masquerade {\nsource 10.1.0.0/24 address 198.51.100.1\n}", 2,
        "no vrrp_instance holds 198.51.100.1: the world could not reply to it")]
    [InlineData("masquerade {\nsource 10.1.0.0/24 address 2001:db8::1\n}", 2,
        "2001:db8::1 is of another family than 10.1.0.0/24")]
    [InlineData("masquerade {\nsource 2001:db8::/32\n}", 2,
        "no vrrp_instance holds an address of the family of 2001:db8::/32")]
    [InlineData("global_defs {\nconnection_limit 0\n}", 2,
        "'connection_limit' is a whole number from 1 to 268435456, not '0'")]
    public void What_is_wrong_is_said_with_its_line(string text, int line, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(text + "\n" + Routers);

        Assert.Contains((line, sentence), result.Faults.Select(
            fault => (fault.Position.Line, fault.Sentence)));
        Assert.Null(result.Config);
    }
}

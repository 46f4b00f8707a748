using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

/// <summary>What LVS can do with services and servers, in the words of keepalived.</summary>
public sealed class LvsBindingTests
{
    private const string Holder =
        "vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\n"
        + "virtual_ipaddress {\n192.0.2.1\n192.0.2.2\n192.0.2.3\n}\n}\n";

    [Fact]
    public void Every_setting_of_a_service_reaches_the_model()
    {
        VirtualServerConfig service = Single("""
            virtual_server 192.0.2.1 5060 {
                protocol UDP
                lvs_sched sh
                sh-port
                sh-fallback
                flag-3
                persistence_timeout 50
                persistence_granularity 255.255.255.0
                persistence_engine sip
                ops
                real_server 10.0.0.1 5060 {
                    uthreshold 100
                    lthreshold 80
                }
            }
            """);

        Assert.Equal(
            new ServiceSettings
            {
                Scheduler = "sh",
                Flags = SchedulerFlags.Port | SchedulerFlags.Fallback | SchedulerFlags.Third,
                Persistence = new(TimeSpan.FromSeconds(50), 0xFFFF_FF00),
                PersistenceEngine = "sip",
                IsOnePacket = true,
            },
            service.Settings);
        Assert.Equal(
            new ServerSettings
            {
                Method = ForwardingMethod.Nat,
                UpperThreshold = 100,
                LowerThreshold = 80,
            },
            service.RealServers[0].Settings);
    }

    [Theory]
    [InlineData("persistence_timeout", 360, 0xFFFF_FFFF)]
    [InlineData("persistence_timeout 7\npersistence_granularity 24", 7, 0xFFFF_FF00)]
    [InlineData("persistence_granularity 24", 360, 0xFFFF_FF00)]
    [InlineData("persistence_granularity 255.0.255.0\npersistence_timeout 7", 7, 0xFF00_FF00)]
    public void A_granularity_is_a_mask_or_its_length(string words, int seconds, uint mask)
    {
        VirtualServerConfig service = Single(Service("192.0.2.1 80", words));

        Assert.Equal(
            new PersistenceSettings(TimeSpan.FromSeconds(seconds), mask),
            service.Settings.Persistence);
    }

    [Theory]
    [InlineData("NAT", ForwardingMethod.Nat, TunnelKind.Ipip, 0, TunnelChecksum.None)]
    [InlineData("DR", ForwardingMethod.Direct, TunnelKind.Ipip, 0, TunnelChecksum.None)]
    [InlineData("TUN", ForwardingMethod.Tunnel, TunnelKind.Ipip, 0, TunnelChecksum.None)]
    [InlineData("TUN type ipip", ForwardingMethod.Tunnel, TunnelKind.Ipip, 0, TunnelChecksum.None)]
    [InlineData("TUN type gre csum",
        ForwardingMethod.Tunnel, TunnelKind.Gre, 0, TunnelChecksum.Local)]
    [InlineData("TUN type gue port 6080 nocsum",
        ForwardingMethod.Tunnel, TunnelKind.Gue, 6080, TunnelChecksum.None)]
    [InlineData("TUN type gue port 6080 remcsum",
        ForwardingMethod.Tunnel, TunnelKind.Gue, 6080, TunnelChecksum.Remote)]
    public void A_method_is_one_of_LVS(
        string words, ForwardingMethod method, TunnelKind kind, int port, TunnelChecksum checksum)
    {
        VirtualServerConfig service = Single(Service("192.0.2.1 80", $"lvs_method {words}"));

        ServerSettings settings = service.RealServers[0].Settings;
        Assert.Equal(method, settings.Method);
        Assert.Equal(new TunnelSettings(kind, (ushort)port, checksum), settings.Tunnel);
    }

    [Theory]
    [InlineData("lvs_method TUN type", "'type' needs ipip, gre or gue")]
    [InlineData("lvs_method TUN kind gre", "'kind' is not a word of TUN; say type")]
    [InlineData("lvs_method TUN type gee", "'gee' is not a type of tunnel; did you mean gre?")]
    [InlineData("lvs_method TUN type gue", "a tunnel of type gue needs its port: port N")]
    [InlineData("lvs_method TUN type gue port", "'port' needs a number")]
    [InlineData("lvs_method TUN type ipip csum", "'csum' is not for tunnels of type ipip")]
    [InlineData("lvs_method TUN type gre port 5", "'port' is not for tunnels of type gre")]
    [InlineData("lvs_method TUN type gre remcsum", "'remcsum' is not for tunnels of type gre")]
    [InlineData("lvs_method TUN\nreal_server 10.0.0.2 81 {\n}",
        "a tunnel leaves the port as it is: the server must listen on 80")]
    [InlineData("lvs_method FNAT", "lvs_method FNAT needs a source_pool with an IPv4 address")]
    [InlineData("ops", "'ops' is for UDP")]
    [InlineData("mh-port", "'mh-port' is for the scheduler mh, not wlc")]
    [InlineData("persistence_engine dns",
        "'dns' is not a persistence engine; there is sip alone")]
    [InlineData("persistence_timeout 0",
        "'persistence_timeout' is a whole number from 1 to 2678400, not '0'")]
    [InlineData("persistence_timeout\npersistence_granularity 33",
        "a granularity that is no mask such as 255.255.255.0 is a whole number from 1 to 32, "
        + "not '33'")]
    [InlineData("ip_family inet6", "192.0.2.1 is of the other family than ip_family says")]
    [InlineData("real_server 10.0.0.2 80 {\nuthreshold 4\nlthreshold 5\n}",
        "'lthreshold' (5) must not be above 'uthreshold' (4)")]
    [InlineData("real_server fe80::1 80 {\n}", "fe80::1 cannot be a server")]
    [InlineData("real_server 255.255.255.255 80 {\n}", "255.255.255.255 cannot be a server")]
    public void A_wrong_setting_is_explained(string words, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(Holder + Service("192.0.2.1 80", words));

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
        Assert.Null(result.Config);
    }

    [Fact]
    public void IPv6_is_served_as_IPv4_is_and_tunnels_join_the_families()
    {
        VirtualServerConfig service = Single("""
            virtual_server 2001:db8::1 443 {
                protocol TCP
                persistence_timeout 60
                persistence_granularity 64
                real_server 2001:db8:1::5 8443 {
                    TCP_CHECK {
                        connect_ip 2001:db8:1::6
                    }
                }
                real_server 10.0.0.1 443 {
                    lvs_method TUN
                }
            }
            """);

        Assert.Equal("tcp [2001:db8::1]:443", service.Key.ToString());
        Assert.Equal(64, service.Settings.Persistence?.PrefixLength);
        Assert.Equal(
            ["[2001:db8:1::5]:8443", "10.0.0.1:443"],
            service.RealServers.Select(server => server.Endpoint.ToString()));
        Assert.Equal(
            "[2001:db8:1::6]:8443", service.RealServers[0].Checks[0].Target.ToString());
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.1 0")]
    public void A_service_of_every_port_is_persistent(string name)
    {
        ConfigurationResult result = MemoryFiles.Load(Holder + $$"""
            virtual_server {{name}} {
                protocol TCP
                lvs_method DR
                real_server 10.0.0.1 0 {
                }
                real_server 10.0.0.2 {
                }
            }
            """);

        VirtualServerConfig service = Assert.Single(result.Config!.VirtualServers);
        Assert.Equal(0, service.Key.Port);
        Assert.Equal(TimeSpan.FromSeconds(360), service.Settings.Persistence?.Timeout);
        Assert.Equal(
            ["10.0.0.1:0", "10.0.0.2:0"],
            service.RealServers.Select(server => server.Endpoint.ToString()));
        Assert.Equal(
            ["a service of every port is persistent: persistence_timeout 360 is taken"],
            result.Faults.Select(fault => fault.Sentence));
    }

    /// <summary>The port behind a server of a mark is where it is checked.</summary>
    [Fact]
    public void A_mark_is_served_on_the_ports_of_its_packets()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            mark 3 {
                protocol TCP
                port 80 443
            }
            virtual_server fwmark 3 {
                lvs_method DR
                real_server 10.0.0.1 80 {
                    TCP_CHECK {
                    }
                }
            }
            virtual_server fwmark 4 {
                ip_family inet6
                lvs_method NAT
                real_server 2001:db8::5 8080 {
                }
            }
            """);

        VirtualServerConfig service = config.VirtualServers[0];
        Assert.Equal(
            new ServiceKey(TransportProtocol.Unknown, IpAddress.FromIpv4(0), 0, 3), service.Key);
        Assert.Equal("10.0.0.1:0", service.RealServers[0].Endpoint.ToString());
        Assert.Equal("10.0.0.1:80", service.RealServers[0].Checks[0].Target.ToString());
        VirtualServerConfig other = config.VirtualServers[1];
        Assert.Equal(new ServiceKey(TransportProtocol.Unknown, default, 0, 4), other.Key);
        Assert.Equal("[2001:db8::5]:8080", other.RealServers[0].Endpoint.ToString());
    }

    [Fact]
    public void A_mark_that_no_packet_carries_is_warned_about()
    {
        Assert.Equal(
            [
                "box.conf:1:16: warning: no packet carries the mark 3: "
                + "say which do in 'mark 3 { … }'",
            ],
            MemoryFiles.FaultsOf(
                "virtual_server fwmark 3 {\nreal_server 10.0.0.1 {\n}\n}\n"));
    }

    [Fact]
    public void A_server_without_a_port_says_where_it_is_checked()
    {
        string[] faults = MemoryFiles.FaultsOf(
            "mark 3 {\nprotocol TCP\n}\n"
            + "virtual_server fwmark 3 {\nreal_server 10.0.0.1 {\nTCP_CHECK {\n}\n}\n}\n");

        Assert.Equal(
            [
                "box.conf:6:1: the server names no port to check: give it one, "
                + "or say 'connect_port'",
            ],
            faults);
    }

    [Fact]
    public void A_group_is_as_many_services_as_it_names()
    {
        ApplianceConfig config = MemoryFiles.Accept(Holder + """
            virtual_server_group web {
                192.0.2.1 80
                192.0.2.2-3 8080
                2001:db8::9-a 80
                fwmark 7
            }
            mark 7 {
                destination 198.51.100.0/24
            }
            virtual_server group web {
                protocol TCP
                lvs_method TUN
                real_server 10.0.0.1 {
                }
            }
            """);

        Assert.Equal(
            [
                "tcp 192.0.2.1:80 10.0.0.1:80",
                "tcp 192.0.2.2:8080 10.0.0.1:8080",
                "tcp 192.0.2.3:8080 10.0.0.1:8080",
                "tcp [2001:db8::9]:80 10.0.0.1:80",
                "tcp [2001:db8::a]:80 10.0.0.1:80",
                "fwmark 7 10.0.0.1:0",
            ],
            config.VirtualServers.Select(
                service => $"{service.Key} {service.RealServers[0].Endpoint}"));
    }

    [Theory]
    [InlineData("virtual_server_group web {\n}", 1,
        "a virtual_server_group needs addresses with ports, or fwmark N")]
    [InlineData("virtual_server_group web {\n192.0.2.9-3 80\n}", 2,
        "'192.0.2.9-3' is not an address, nor a range such as 192.0.2.1-10")]
    [InlineData("virtual_server_group web {\n192.0.2.9 http\n}", 2,
        "a port is a whole number from 1 to 65535, not 'http'")]
    [InlineData("virtual_server_group web {\nfwmark\n}", 2,
        "'fwmark' takes one number")]
    [InlineData("virtual_server_group web {\n192.0.2.1 80\n}\n"
        + "virtual_server_group web {\n192.0.2.1 80\n}", 4,
        "there are two virtual_server_group web")]
    [InlineData("virtual_server_group web {\n192.0.2.1 80\n}\n"
        + "virtual_server group wep {\nprotocol TCP\nreal_server 10.0.0.1 {\n}\n}", 4,
        "no virtual_server_group is called 'wep'; did you mean 'web'?")]
    public void A_wrong_group_is_explained(string text, int line, string sentence)
    {
        ConfigFault fault = Assert.Single(MemoryFiles.Load(text).Faults);

        Assert.Equal((line, sentence), (fault.Position.Line, fault.Sentence));
    }

    /// <summary>It is reached without a wire; the control room says so to the engine.</summary>
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.2")]
    public void A_server_may_live_on_the_box_itself(string address)
    {
        VirtualServerConfig service = Single($$"""
            virtual_server 192.0.2.1 80 {
                protocol SCTP
                real_server {{address}} 8080 {
                }
            }
            """);

        Assert.Equal(TransportProtocol.Sctp, service.Key.Protocol);
        Assert.Equal($"{address}:8080", service.RealServers[0].Endpoint.ToString());
    }

    [Theory]
    [InlineData("192.0.2.1", "127.0.0.1")]
    [InlineData("2001:db8::1", "::1")]
    public void A_loopback_address_is_warned_of(string service, string server)
    {
        ConfigurationResult result = MemoryFiles.Load($$"""
            vrrp_instance a {
                interface eth0
                virtual_router_id 1
                virtual_ipaddress {
                    192.0.2.1/24
                }
                virtual_ipaddress_excluded {
                    2001:db8::1/64
                }
            }
            virtual_server {{service}} 80 {
                protocol TCP
                real_server {{server}} 8080 {
                }
            }
            """);

        ConfigFault fault = Assert.Single(result.Faults);
        Assert.True(fault.IsWarning);
        Assert.Contains($"no client reaches {server}", fault.Sentence);
    }

    private static VirtualServerConfig Single(string text) =>
        Assert.Single(MemoryFiles.Accept(Holder + text).VirtualServers);

    private static string Service(string name, string words) => $$"""
        virtual_server {{name}} {
        protocol TCP
        {{words}}
        real_server 10.0.0.1 80 {
        weight 1
        }
        }

        """;
}

using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

public sealed class VirtualServerBindingTests
{
    private const string Holder =
        "vrrp_instance a {\ninterface eth0\nvirtual_router_id 1\n"
        + "virtual_ipaddress { 192.0.2.1 }\n}\n";

    [Fact]
    public void A_short_service_has_keepaliveds_defaults()
    {
        ApplianceConfig config = MemoryFiles.Accept(Holder + """
            virtual_server 192.0.2.1 80 {
                protocol TCP
                real_server 10.0.0.1 8080 {
                    TCP_CHECK {
                    }
                    HTTP_GET {
                        url {
                            path /
                        }
                    }
                }
            }
            """);

        TimeSpan minute = TimeSpan.FromSeconds(60);
        Endpoint server = new(IpAddress.Parse("10.0.0.1"), 8080);
        CheckConfig tcp = new()
        {
            Kind = CheckKind.Tcp,
            Target = server,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            DelayLoop = minute,
            Retry = 1,
            DelayBeforeRetry = TimeSpan.FromSeconds(1),
            Rise = 1,
            Fall = 2,
            Warmup = minute,
        };
        VirtualServerConfig expected = new()
        {
            Key = new ServiceKey(TransportProtocol.Tcp, IpAddress.Parse("192.0.2.1"), 80),
            Settings = new ServiceSettings { Scheduler = "wlc" },
            DelayLoop = minute,
            Quorum = 1,
            Hysteresis = 0,
            RealServers =
            [
                new RealServerConfig
                {
                    Endpoint = server,
                    Settings = new ServerSettings { Method = ForwardingMethod.Nat },
                    Checks =
                    [
                        tcp,
                        tcp with
                        {
                            Kind = CheckKind.Http,
                            DelayBeforeRetry = TimeSpan.FromSeconds(3),
                            Urls = [new HttpUrlConfig { Path = "/" }],
                        },
                    ],
                },
            ],
        };
        Assert.Equal([expected], config.VirtualServers);
    }

    [Fact]
    public void Every_word_of_a_service_reaches_the_model()
    {
        ApplianceConfig config = MemoryFiles.Accept(Holder + """
            virtual_server 192.0.2.1 53 {
                protocol UDP
                lb_algo sh
                lb_kind DR
                delay_loop 6
                quorum 4
                hysteresis 2
                alpha
                weight 3
                inhibit_on_failure
                sorry_server 10.0.0.9 5353
                sorry_server_lvs_method NAT
                real_server 10.0.0.1 53 {
                }
                real_server 10.0.0.2 {
                    weight 5
                    inhibit_on_failure off
                }
                real_server 10.0.0.3 5300 {
                    weight 0
                    lvs_method NAT
                }
            }
            """);

        VirtualServerConfig service = config.VirtualServers[0];
        Assert.Equal("udp 192.0.2.1:53", service.Key.ToString());
        Assert.Equal("sh", service.Settings.Scheduler);
        Assert.Equal(TimeSpan.FromSeconds(6), service.DelayLoop);
        Assert.Equal((4, 2), (service.Quorum, service.Hysteresis));
        Assert.Equal(
            [
                ("10.0.0.1:53", ForwardingMethod.Direct, 3, true),
                ("10.0.0.2:53", ForwardingMethod.Direct, 5, false),
                ("10.0.0.3:5300", ForwardingMethod.Nat, 0, true),
            ],
            service.RealServers.Select(server => (
                server.Endpoint.ToString(),
                server.Settings.Method,
                server.Settings.Weight,
                server.InhibitOnFailure)));
        Assert.Equal("10.0.0.9:5353", service.SorryServer?.Endpoint.ToString());
        Assert.Equal(ForwardingMethod.Nat, service.SorryServer?.Settings.Method);
    }

    [Fact]
    public void A_check_inherits_from_its_server_and_that_from_its_service_in_any_order()
    {
        ApplianceConfig config = MemoryFiles.Accept(Holder + """
            virtual_server 192.0.2.1 80 {
                protocol TCP
                real_server 10.0.0.1 80 {
                    HTTP_GET {
                        connect_timeout 0.5
                        connect_ip 10.9.9.9
                        connect_port 81
                        url {
                            path /a?b=c
                            status_code 200 301-302
                            digest 9B3A0C85A887A256D6939DA88AABD8CD
                            virtualhost one.example
                        }
                        url {
                            path /two
                        }
                    }
                    retry 4
                    alpha off
                    rise 3
                }
                real_server 10.0.0.2 80 {
                    TCP_CHECK {
                        warmup 1
                    }
                }
                connect_timeout 9
                delay_before_retry 0.25
                delay_loop 2
                warmup 0
                retry 7
                alpha
                virtualhost www.example
            }
            """);

        CheckConfig check = config.VirtualServers[0].RealServers[0].Checks[0];
        CheckConfig expected = new()
        {
            Kind = CheckKind.Http,
            Target = new Endpoint(IpAddress.Parse("10.9.9.9"), 81),
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            DelayLoop = TimeSpan.FromSeconds(2),
            Retry = 4,
            DelayBeforeRetry = TimeSpan.FromMilliseconds(250),
            Rise = 3,
            Fall = 5,
            Warmup = TimeSpan.Zero,
            Alpha = false,
            VirtualHost = "www.example",
            Urls =
            [
                new HttpUrlConfig
                {
                    Path = "/a?b=c",
                    StatusCodes = [(200, 200), (301, 302)],
                    Digest = "9b3a0c85a887a256d6939da88aabd8cd",
                    VirtualHost = "one.example",
                },
                new HttpUrlConfig { Path = "/two" },
            ],
        };
        Assert.Equal(expected, check);
        CheckConfig other = config.VirtualServers[0].RealServers[1].Checks[0];
        Assert.Equal((true, TimeSpan.FromSeconds(1)), (other.Alpha, other.Warmup));
    }

    [Theory]
    [InlineData("", "", 1, 2)]
    [InlineData("retry 3", "", 3, 4)]
    [InlineData("nb_get_retry 0", "", 0, 1)]
    [InlineData("fall 5", "", 4, 5)]
    [InlineData("fall 5", "retry 1", 4, 5)]
    [InlineData("retry 1", "fall 5", 1, 2)]
    [InlineData("", "fall 3", 2, 3)]
    [InlineData("retry 2\nfall 9", "", 2, 9)]
    public void Retry_and_fall_speak_of_the_same_thing(
        string own, string around, int retry, int fall)
    {
        ApplianceConfig config = MemoryFiles.Accept(Holder + $$"""
            virtual_server 192.0.2.1 80 {
                protocol TCP
                {{around}}
                real_server 10.0.0.1 80 {
                    TCP_CHECK {
                        {{own}}
                    }
                }
            }
            """);

        CheckConfig check = config.VirtualServers[0].RealServers[0].Checks[0];
        Assert.Equal((retry, fall), (check.Retry, check.Fall));
    }

    [Theory]
    [InlineData("lb_algo rrr", "'rrr' is not a scheduler; did you mean rr?")]
    [InlineData("lvs_method DRX", "'DRX' is not a forwarding method; did you mean DR?")]
    [InlineData("quorum 0", "'quorum' is a whole number from 1 to 1000000000, not '0'")]
    [InlineData("alpha maybe", "'alpha' is on or off, not 'maybe'")]
    [InlineData("virtualhost a/b", "'a/b' cannot stand in an HTTP Host field")]
    [InlineData("virtualhost \"a\\r\\nX: y\"", "'a??X: y' cannot stand in an HTTP Host field")]
    [InlineData("sorry_server 224.0.0.1 80", "224.0.0.1 cannot be a server")]
    [InlineData("real_server 2001:db8::1 80 {\n}",
        "the service is IPv4 and its server IPv6: only a tunnel joins them (lvs_method TUN)")]
    [InlineData("real_server 10.0.0.2 0 {\n}", "a port is a whole number from 1 to 65535, not '0'")]
    [InlineData("real_server 10.0.0.2 http {\n}",
        "a port is a whole number from 1 to 65535, not 'http'")]
    [InlineData("real_server 10.0.0.1 80 {\n}", "real_server 10.0.0.1:80 is given twice")]
    [InlineData("real_server 10.0.0.2 81 {\nlvs_method DR\n}",
        "direct routing leaves the port as it is: the server must listen on 80")]
    [InlineData("real_server 10.0.0.2 80 {\nweight 65536\n}",
        "'weight' is a whole number from 0 to 65535, not '65536'")]
    [InlineData("real_server 10.0.0.2 80 {\nSSL_GET {\n}\n}", "'SSL_GET' is not supported yet")]
    [InlineData("real_server 10.0.0.2 80 {\nHTTP_GET {\n}\n}", "'HTTP_GET' needs 'url { path … }'")]
    [InlineData("real_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\n}\n}\n}", "'url' needs 'path'")]
    [InlineData("real_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\npath x\n}\n}\n}",
        "a path begins with '/' and has no blanks, not 'x'")]
    [InlineData("real_server 10.0.0.2 {\nHTTP_GET {\nurl {\npath /\nstatus_code 300-200\n}\n}\n}",
        "a status code is a number from 100 to 599, or a range such as 200-299, not '300-200'")]
    [InlineData("real_server 10.0.0.2 80 {\nHTTP_GET {\nurl {\npath /\ndigest abc\n}\n}\n}",
        "a digest is an MD5 sum of 32 hexadecimal digits")]
    [InlineData("real_server 10.0.0.2 80 {\nTCP_CHECK {\nurl {\n}\n}\n}",
        "'url' belongs in HTTP_GET or SSL_GET, not in TCP_CHECK")]
    public void A_wrong_word_of_a_service_is_explained(string words, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(Service("192.0.2.1 80", words));

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
        Assert.Null(result.Config);
    }

    [Theory]
    [InlineData("192.0.2.1 66000",
        "a port is a whole number from 1 to 65535, not '66000'")]
    [InlineData("224.0.0.1 80", "224.0.0.1 cannot be a virtual address")]
    [InlineData("0.0.0.0 80", "0.0.0.0 cannot be a virtual address")]
    [InlineData("fwmark 0", "a mark is a whole number from 1 to 4294967295, not '0'")]
    [InlineData("fwmark", "'fwmark' takes one number")]
    [InlineData("fwmark 3 80", "'fwmark' takes one number")]
    [InlineData("group", "'group' needs a name")]
    [InlineData("group web", "no virtual_server_group is called 'web'")]
    [InlineData("", "'virtual_server' needs an address and a port")]
    [InlineData("www.example 80", "'www.example' is not an IP address")]
    [InlineData("192.0.2.1 80 81", "'virtual_server' takes 2 values; '81' is too much")]
    public void A_service_is_named_by_address_and_port(string name, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(Service(name, string.Empty));

        Assert.Equal(
            [sentence],
            result.Faults.Where(fault => !fault.IsWarning).Select(fault => fault.Sentence));
    }

    [Theory]
    [InlineData("ICMP", "'ICMP' is not a protocol; say TCP, UDP or SCTP")]
    [InlineData("tpc", "'tpc' is not a protocol; did you mean TCP?")]
    public void A_protocol_is_one_that_is_scheduled(string protocol, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(
            Service("192.0.2.1 80", string.Empty)
                .Replace("TCP", protocol, StringComparison.Ordinal));

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
    }

    /// <summary>
    /// keepalived 2.2.7 says it takes UDP, which nobody expects of a web service.
    /// </summary>
    [Fact]
    public void A_service_without_a_protocol_is_refused()
    {
        ConfigurationResult result = MemoryFiles.Load(
            Service("192.0.2.1 80", string.Empty)
                .Replace("protocol TCP", "", StringComparison.Ordinal));

        Assert.Equal(
            ["the service names no protocol: add 'protocol TCP', 'protocol UDP' or "
                + "'protocol SCTP'"],
            result.Faults.Select(fault => fault.Sentence));
    }

    [Fact]
    public void Two_services_cannot_be_one_but_protocols_keep_them_apart()
    {
        string udp = Service("192.0.2.1 80", string.Empty)[Holder.Length..]
            .Replace("TCP", "UDP", StringComparison.Ordinal);

        string[] clash = MemoryFiles.FaultsOf(
            Service("192.0.2.1 80", string.Empty) + udp + udp);

        Assert.Equal(["box.conf:20:16: there are two virtual_server udp 192.0.2.1:80"], clash);
    }

    [Fact]
    public void A_service_whose_address_nobody_holds_is_warned_about()
    {
        ConfigurationResult result = MemoryFiles.Load(Service("192.0.2.99 80", string.Empty));

        Assert.NotNull(result.Config);
        Assert.Equal(
            [
                "box.conf:6:16: warning: no vrrp_instance holds 192.0.2.99: "
                + "nobody will answer ARP for this service",
            ],
            result.Faults.Select(fault => fault.ToString()));
    }

    /// <summary>
    /// One server of weight 1, or two of together 3. keepalived lowers the quorum to what is there
    /// and the hysteresis below the quorum; it does not see that both together are out of reach.
    /// </summary>
    [Theory]
    [InlineData("quorum 2", 1, 0,
        "the quorum of 2 is more than the servers weigh together: 1 is taken")]
    [InlineData("quorum 3\nhysteresis 1", 1, 0,
        "the quorum of 3 is more than the servers weigh together: 1 is taken, "
        + "with a hysteresis of 0")]
    [InlineData("quorum 2\nhysteresis 2\n" + Second, 2, 1,
        "a hysteresis of 2 does not go with a quorum of 2 and servers that weigh 3 together: "
        + "1 is taken")]
    [InlineData("quorum 3\nhysteresis 1\n" + Second, 3, 0,
        "a hysteresis of 1 does not go with a quorum of 3 and servers that weigh 3 together: "
        + "0 is taken")]
    [InlineData("hysteresis 1", 1, 0,
        "a hysteresis of 1 does not go with a quorum of 1 and servers that weigh 1 together: "
        + "0 is taken")]
    [InlineData("quorum 2\nhysteresis 1\n" + Second, 2, 1, null)]
    [InlineData("quorum 3\n" + Second, 3, 0, null)]
    public void A_quorum_out_of_reach_is_lowered(
        string words, int quorum, int hysteresis, string? warning)
    {
        ConfigurationResult result = MemoryFiles.Load(Service("192.0.2.1 80", words));

        VirtualServerConfig service = Assert.Single(result.Config!.VirtualServers);
        Assert.Equal((quorum, hysteresis), (service.Quorum, service.Hysteresis));
        Assert.All(result.Faults, fault => Assert.True(fault.IsWarning));
        Assert.Equal(warning, result.Faults.Select(fault => fault.Sentence).SingleOrDefault());
    }

    [Fact]
    public void A_sorry_server_may_be_a_real_server_too()
    {
        ApplianceConfig config =
            MemoryFiles.Accept(Service("192.0.2.1 80", "sorry_server 10.0.0.1 80"));

        VirtualServerConfig service = Assert.Single(config.VirtualServers);
        Assert.Equal(service.RealServers[0].Endpoint, service.SorryServer?.Endpoint);
    }

    private const string Second = "real_server 10.0.0.2 80 {\nweight 2\n}";

    private static string Service(string name, string words) => Holder + $$"""
        virtual_server {{name}} {
        protocol TCP
        real_server 10.0.0.1 80 {
        weight 1
        }
        {{words}}
        }

        """;
}

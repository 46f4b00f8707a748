using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

/// <summary><c>global_defs</c> and our own blocks.</summary>
public sealed class GlobalBindingTests
{
    private const string Router =
        "vrrp_instance inside {\ninterface eth1\nvirtual_router_id 52\n"
        + "virtual_ipaddress { 10.0.0.254 }\n}\n";

    /// <summary>keepalived: "has already been specified as eth1 - ignoring".</summary>
    [Fact]
    public void Of_two_sync_daemons_the_first_counts()
    {
        ConfigurationResult result = MemoryFiles.Load(
            "global_defs {\n  lvs_sync_daemon eth1 id 7\n  lvs_sync_daemon eth2 id 8\n}\n");

        SyncConfig sync = result.Config!.Sync!;
        Assert.Equal(("eth1", 7), (sync.Interface, (int)sync.SyncId));
        Assert.Contains(
            "box.conf:3:3: warning: 'lvs_sync_daemon' is given twice; the first one counts, as in "
            + "keepalived",
            result.Faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void An_empty_file_is_a_configuration()
    {
        ApplianceConfig config = MemoryFiles.Accept(string.Empty);

        Assert.Equal(new ApplianceConfig { BoxName = "host" }, config);
        Assert.True(config.Dashboard.IsEnabled);
        Assert.Equal("127.0.0.1:8080", config.Dashboard.Listen.ToString());
        Assert.Equal("127.0.0.1:1883", config.Telemetry.EmbeddedListen.ToString());
        Assert.Null(config.Panel);
        Assert.Null(config.Sync);
    }

    [Fact]
    public void Timeouts_may_be_given_in_part()
    {
        ApplianceConfig config =
            MemoryFiles.Accept("global_defs {\n  lvs_timeouts udp 30 tcp 900\n}\n");

        Assert.Equal(
            new TimeoutsConfig(Tcp: TimeSpan.FromSeconds(900), Udp: TimeSpan.FromSeconds(30)),
            config.Timeouts);
    }

    [Fact]
    public void The_sync_daemon_takes_its_id_from_the_instance_that_it_follows()
    {
        ApplianceConfig config =
            MemoryFiles.Accept("global_defs {\n  lvs_sync_daemon eth1 inside\n}\n" + Router);

        Assert.Equal(new SyncConfig("eth1", 52) { VirtualRouter = "inside" }, config.Sync);
    }

    [Fact]
    public void Every_word_of_the_sync_daemon_reaches_the_model()
    {
        ApplianceConfig config = MemoryFiles.Accept(
            "global_defs {\n  lvs_sync_daemon eth1 inst inside id 0 port 9000 ttl 3 "
            + "group 224.0.0.99\n}\n" + Router);

        SyncConfig expected = new("eth1", 0)
        {
            VirtualRouter = "inside",
            Port = 9000,
            TimeToLive = 3,
            Group = IpAddress.Parse("224.0.0.99"),
        };
        Assert.Equal(expected, config.Sync);
    }

    [Theory]
    [InlineData("lvs_sync_daemon", "'lvs_sync_daemon' needs an interface")]
    [InlineData("lvs_sync_daemon eth1 other", "no vrrp_instance is called 'other'")]
    [InlineData("lvs_sync_daemon eth1 maxlen 1400", "'maxlen' is not supported yet")]
    [InlineData("lvs_sync_daemon eth1 id", "'id' needs a value")]
    [InlineData("lvs_sync_daemon eth1 id 256", "id is a whole number from 0 to 255, not '256'")]
    [InlineData("lvs_sync_daemon eth1 id 1 prot 5",
        "'prot' is not a word of lvs_sync_daemon; did you mean port?")]
    [InlineData("lvs_sync_daemon eth1 group 10.0.0.1", "10.0.0.1 is not a multicast group")]
    [InlineData("lvs_timeouts", "'lvs_timeouts' needs tcp, tcpfin or udp with seconds")]
    [InlineData("lvs_timeouts tcp", "'tcp' needs a number of seconds")]
    [InlineData("lvs_timeouts icmp 5", "'icmp' is not a timeout; say tcp, tcpfin or udp")]
    [InlineData("lvs_timeouts tcp 0",
        "tcp is a number of seconds from 1 to 2678400, not '0'")]
    [InlineData("router_id a/b",
        "router_id names the box in MQTT topics: it has no '/', '+', '#'")]
    [InlineData("router_id \"\"", "'router_id' has a name of 1 to 255 characters")]
    [InlineData("vrrp_version 4", "'vrrp_version' is a whole number from 2 to 3, not '4'")]
    public void A_wrong_word_is_explained(string words, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load($"global_defs {{\n  {words}\n}}\n");

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
        Assert.Null(result.Config);
    }

    [Fact]
    public void Our_own_blocks_reach_the_model()
    {
        ApplianceConfig config = MemoryFiles.Accept("""
            panel {
                chip simulated:/run/lab/a
                board my-board
                ready_line R
                role_line O
                fault_line F
                button_line B
            }
            telemetry {
                broker mqtt.example 8883
                tls
                user box password_file /etc/steelyard/mqtt
                interval 0.5
                listen 0.0.0.0 1884
            }
            dashboard {
                listen :: 8443
            }
            """);

        Assert.Equal(
            new PanelConfig("simulated:/run/lab/a")
            {
                Board = "my-board",
                ReadyLine = "R",
                RoleLine = "O",
                FaultLine = "F",
                ButtonLine = "B",
            },
            config.Panel);
        Assert.Equal(
            new TelemetryConfig
            {
                Broker = new BrokerConfig("mqtt.example", 8883)
                {
                    UsesTls = true,
                    UserName = "box",
                    PasswordFile = "/etc/steelyard/mqtt",
                },
                Interval = TimeSpan.FromMilliseconds(500),
                EmbeddedListen = new Endpoint(IpAddress.FromIpv4(0), 1884),
            },
            config.Telemetry);
        Assert.Equal("[::]:8443", config.Dashboard.Listen.ToString());
    }

    [Theory]
    [InlineData("listen :: 443", false, null, null)]
    [InlineData("tls", true, null, null)]
    [InlineData("tls on", true, null, null)]
    [InlineData("tls off", false, null, null)]
    [InlineData("tls /etc/a.crt /etc/a.key", true, "/etc/a.crt", "/etc/a.key")]
    public void The_dashboard_has_the_box_s_certificate_or_another(
        string line, bool usesTls, string? certificate, string? key)
    {
        DashboardConfig dashboard =
            MemoryFiles.Accept($"dashboard {{\n  {line}\n}}\n").Dashboard;

        Assert.Equal(usesTls, dashboard.UsesTls);
        Assert.Equal(
            (certificate, key), (dashboard.Certificate?.Certificate, dashboard.Certificate?.Key));
    }

    [Fact]
    public void A_wrong_certificate_is_named_with_its_place() =>
        Assert.Equal(
            ["box.conf:2:7: 'a' is not a whole path, such as /data/tls/box.crt"],
            MemoryFiles.FaultsOf("dashboard {\n  tls a /b\n}\n"));

    [Theory]
    [InlineData("panel {\n}", "'panel' needs 'chip', the gpiochip of its lines")]
    [InlineData("panel {\n  chip gpiochip0\n  board ../x\n}",
        "'../x' is not the name of a board: letters, digits and '-'")]
    [InlineData("telemetry {\n  tls\n}",
        "'tls' is for an external broker; name it: 'broker HOST PORT'")]
    [InlineData("telemetry {\n  broker mqtt.example\n}", "'broker' needs a host and a port")]
    [InlineData("telemetry {\n  broker a/b 1883\n}",
        "'a/b' is not a host name or address, such as mqtt.lan or 192.168.1.5")]
    [InlineData("telemetry {\n  interval 0\n}",
        "'interval' is a number of seconds from 0.1 to 3600, not '0'")]
    [InlineData("dashboard {\n  listen 8080\n}", "'listen' needs an address and a port")]
    [InlineData("dashboard {\n  tls /a.crt\n}",
        "'tls' needs a certificate and its key, 'tls CERTIFICATE KEY', "
        + "or no value for the box's own")]
    [InlineData("dashboard {\n  tls /a.crt a.key\n}",
        "'a.key' is not a whole path, such as /data/tls/box.crt")]
    [InlineData("dashboard {\n  tls /a.crt /a.key /b.key\n}",
        "'tls' takes 2 values; '/b.key' is too much")]
    [InlineData("dashboard x {\n}", "'dashboard' takes no value; 'x' is too much")]
    public void A_wrong_word_of_our_own_is_explained(string text, string sentence)
    {
        ConfigurationResult result = MemoryFiles.Load(text);

        Assert.Equal([sentence], result.Faults.Select(fault => fault.Sentence));
    }
}

using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Control;

namespace Steelyard.Tests.Ipvsadm;

/// <summary><c>ipvsadm</c> on a controller and its engine, as in a running box.</summary>
public sealed class EngineBoxTests
{
    private readonly ControlBox _under = new(1);
    private readonly EngineBox _box;

    public EngineBoxTests()
    {
        _box = new(_under.Controller, _under.Engine, () => Instant.Zero);
    }

    /// <summary>Recordings without traffic.</summary>
    public static TheoryData<string> Quiet =>
        ["errors", "listing", "listing-order-dests", "listing-order-services"];

    [Theory]
    [MemberData(nameof(Quiet))]
    public void Commands_end_and_print_as_recorded_and_what_fails_changes_nothing(string file)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Data", "ipvs", file + ".json");
        using JsonDocument scenario = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement root = scenario.RootElement;
        foreach (JsonElement setup in root.GetProperty("setup").EnumerateArray())
        {
            Assert.Equal((0, "", ""), _box.Run(setup.GetString()!));
        }

        int compared = 0;
        foreach (JsonElement happening in root.GetProperty("events").EnumerateArray())
        {
            if (happening.GetProperty("op").GetString() == "wait")
            {
                continue;
            }

            string arguments = happening.GetProperty("args").GetString()!;
            string before = _box.Run("-Sn").Output;
            (int Code, string Output, string Error) result = _box.Run(arguments);

            Assert.Equal(Expected(happening), (arguments, result));
            Assert.True(result.Code == 0 || _box.Run("-Sn").Output == before, arguments);
            compared++;
        }

        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void All_settings_arrive_in_the_engine_and_in_the_listing()
    {
        Assert.Equal(0, _box.Run("-A -u 10.9.0.1:53 -s sh -b sh-port -p 60 --pe sip -o").Code);
        Assert.Equal(
            0, _box.Run("-a -u 10.9.0.1:53 -r 10.1.0.11 -i -w 3 -x 9 -y 4 --tun-type gue"
                + " --tun-port 6080 --tun-csum").Code);

        VirtualService service = Service(53);
        Assert.Equal(
            new ServiceSettings
            {
                Scheduler = "sh",
                Flags = SchedulerFlags.Port,
                Persistence = new(TimeSpan.FromSeconds(60)),
                PersistenceEngine = "sip",
                IsOnePacket = true,
            },
            service.Settings);
        Assert.Equal(
            new ServerSettings
            {
                Method = ForwardingMethod.Tunnel,
                Weight = 3,
                UpperThreshold = 9,
                LowerThreshold = 4,
                Tunnel = new(TunnelKind.Gue, 6080, TunnelChecksum.Local),
            },
            service[0].Settings);
        Assert.Equal(
            "-A -u 10.9.0.1:53 -s sh -p 60 --pe sip -o -b sh-port\n"
            + "-a -u 10.9.0.1:53 -r 10.1.0.11:53 -i -w 3 --tun-type gue --tun-port 6080"
            + " --tun-csum\n",
            _box.Run("-Sn").Output);
        Assert.Contains(
            "  -> 10.1.0.11:53                 9          4          0          0         \n",
            _box.Run("-Ln --thresholds").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_change_in_place()
    {
        _box.Run("-A -t 10.9.0.1:80 -s rr -p 60");
        _box.Run("-a -t 10.9.0.1:80 -r 10.1.0.11 -g");
        VirtualService service = Service(80);
        RealServer server = service[0];

        Assert.Equal(0, _box.Run("-E -t 10.9.0.1:80 -s wrr").Code);
        Assert.Equal(0, _box.Run("-e -t 10.9.0.1:80 -r 10.1.0.11 -i -w 5 -x 7").Code);

        Assert.Equal(new ServiceSettings { Scheduler = "wrr" }, service.Settings);
        Assert.Equal(
            new ServerSettings
            {
                Method = ForwardingMethod.Tunnel,
                Weight = 5,
                UpperThreshold = 7,
            },
            server.Settings);
    }

    [Fact]
    public void Persistence_templates_are_counted_per_server()
    {
        _box.Run("-A -t 10.9.0.1:80 -s rr -p 60");
        _box.Run("-a -t 10.9.0.1:80 -r 10.1.0.11 -g");
        Service(80)[0].PersistentConnections = 4;

        Assert.Contains(
            "  -> 10.1.0.11:80                 1         4           0          0         \n",
            _box.Run("-Ln --persistent-conn").Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.1")]
    [InlineData("192.0.2.10")]
    public void A_server_on_the_box_itself_is_local_and_listed_as_it_was_asked_for(string address)
    {
        _under.Controller.Configure(Configs.Pair(100), Instant.Zero);
        _box.Run("-A -t 10.9.0.1:80 -s rr");

        Assert.Equal(0, _box.Run($"-a -t 10.9.0.1:80 -r {address}:8080 -m").Code);

        Assert.Equal(ForwardingMethod.Local, Service(80)[0].Method);
        Assert.Contains(" Masq ", _box.Run("-Ln").Output, StringComparison.Ordinal);
    }

    /// <summary>The kernel sees the faults in this order.</summary>
    [Theory]
    [InlineData("-a -t 10.9.0.9:80 -r 10.1.0.11:80 -m -x 1 -y 5", "Service not defined")]
    [InlineData("-e -t 10.9.0.1:80 -r 10.1.0.99:80 -m -y 5", "Numerical result out of range")]
    [InlineData("-a -t 10.9.0.1:80 -r 10.1.0.11:80 -m -y 5", "Numerical result out of range")]
    [InlineData("-a -t 10.9.0.1:80 -r 224.0.0.1:80 -m -y 5", "Numerical result out of range")]
    [InlineData("-e -t 10.9.0.1:80 -r 224.0.0.1:80 -m", "No such destination")]
    [InlineData("-A -t 10.9.0.1:80 -s nosuch", "Service already exists")]
    [InlineData("-E -t 10.9.0.9:80 -s nosuch", "No such service")]
    [InlineData("-a -t [fd00:9::1]:80 -r [fe80::1]:80 -m",
        "Invalid operation.  Possibly wrong module version, address not unicast, ...")]
    [InlineData("-a -t [fd00:9::1]:80 -r [ff02::1]:80 -m",
        "Invalid operation.  Possibly wrong module version, address not unicast, ...")]
    [InlineData("-a -t [fd00:9::1]:80 -r [::]:80 -m",
        "Invalid operation.  Possibly wrong module version, address not unicast, ...")]
    public void The_first_fault_is_said_and_nothing_changes(string arguments, string sentence)
    {
        _box.Run("-A -t 10.9.0.1:80 -s rr");
        _box.Run("-a -t 10.9.0.1:80 -r 10.1.0.11:80 -m");
        _box.Run("-A -t [fd00:9::1]:80 -s rr");
        string before = _box.Run("-Sn").Output;

        Assert.Equal((255, "", sentence + "\n"), _box.Run(arguments));

        Assert.Equal(before, _box.Run("-Sn").Output);
    }

    [Fact]
    public void Status_marks_what_the_file_does_not_have_until_the_next_reload()
    {
        ApplianceConfig config =
            Configs.Serving(Configs.Server("10.1.2.11"), Configs.Server("10.1.2.12"));
        _under.Controller.Configure(config, Instant.Zero);
        _box.Run("-e -t 192.0.2.10:80 -r 10.1.2.12:80 -m -w 9");
        _box.Run("-a -t 192.0.2.10:80 -r 10.1.2.13:80 -m");
        _box.Run("-A -t 192.0.2.10:81 -s rr");

        Assert.Equal(
            ["file: file edited command", "command: "],
            Origins());

        _under.Controller.Configure(config, Instant.Zero);

        Assert.Equal(["file: file file"], Origins());
    }

    [Theory]
    [InlineData(null, "master backup")]
    [InlineData("VI_OUT", "backup")]
    public void The_twins_daemons_are_those_of_the_configuration(string? router, string roles)
    {
        _under.Controller.Configure(
            Configs.Pair(100) with
            {
                Sync = new SyncConfig("eth1", 7) { VirtualRouter = router },
            },
            Instant.Zero);

        Assert.Equal(
            string.Concat(roles.Split(' ').Select(role =>
                $"{role} sync daemon (mcast=eth1, syncid=7, maxlen=1400, group=224.0.0.81, "
                + "port=8848, ttl=1)\n")),
            _box.Run("-L --daemon").Output);
    }

    private string[] Origins() =>
    [
        .. _under.Controller.Status(Instant.Zero).Services.Select(service =>
            $"{service.Origin}: "
            + string.Join(' ', service.RealServers.Select(server => server.Origin))),
    ];

    private VirtualService Service(ushort port) =>
        _under.Engine.Services.Find(
            port == 53 ? TransportProtocol.Udp : TransportProtocol.Tcp,
            IpAddress.Parse("10.9.0.1"),
            port)!;

    private static (string, (int, string, string)) Expected(JsonElement happening)
    {
        string arguments = happening.GetProperty("args").GetString()!;
        JsonElement expected = happening.TryGetProperty("expect", out JsonElement given)
            ? given
            : happening;
        int code = expected.TryGetProperty("rc", out JsonElement number) ? number.GetInt32() : 0;
        return (arguments, (code, Text(expected, "stdout"), Text(expected, "stderr")));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement lines)
            ? string.Concat(lines.EnumerateArray().Select(line => line.GetString() + "\n"))
            : string.Empty;
}

using System;
using System.Linq;
using CsCheck;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

/// <summary>
/// Whatever stands in a file, it becomes a configuration or faults, never an exception.
/// </summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "\n", "\n", "\n", " ", "\t", "\r\n", "#", "!", "\"", "'", "\\", "$", "${", "$X=",
        "@a ", "~SEQ(", ")", "*", "include box.conf", "include x*", "\0", "\uFEFF", "é", "\uD800",
        "0", "1", "80", "255", "256", "0.01", "40.95", "-1", "99999999999999999999", "1e9",
        "10.0.0.1", "10.0.0.1/24", "192.0.2.1", "2001:db8::1", "224.0.0.1",
        "eth0", "MASTER", "TCP", "rr", "NAT", "DR", "on", "/",
        "200-299", "dev", "fwmark", "group", "id", "tcp", "a",
    ];

    private static readonly string[] Words =
        [.. Vocabulary.All.Select(word => word.Text).Distinct().Where(word => word.Length > 0)];

    private static readonly Gen<string> Rubbish = Gen.Frequency(
            (3, OneOf(Pieces)),
            (2, OneOf(Words).Select(word => word + " ")),
            (2, OneOf(
                "vrrp_instance a {\n",
                "vrrp_sync_group g {\n",
                "virtual_server 192.0.2.1 80 {\n",
                "real_server 10.0.0.1 80 {\n",
                "global_defs {\n",
                "HTTP_GET {\n",
                "url {\n",
                "authentication {\n",
                "virtual_ipaddress {\n",
                "telemetry {\n",
                "panel {\n",
                "dashboard {\n")))
        .Array[0, 60]
        .Select(pieces => string.Concat(pieces));

    [Fact]
    public void Rubbish_yields_sorted_bounded_faults_or_a_configuration() =>
        Rubbish.Sample(Check, iter: 1000);

    /// <summary>A good file with one part of it cut out, doubled, or replaced by rubbish.</summary>
    [Fact]
    public void A_damaged_file_yields_faults_or_a_configuration() =>
        Gen.Select(Gen.Int[0, GoodFile.Length], Gen.Int[0, 40], Rubbish, Gen.Int[0, 2]).Sample(
            (start, length, rubbish, kind) =>
            {
                int end = Math.Min(GoodFile.Length, start + length);
                string middle = kind switch
                {
                    0 => string.Empty,
                    1 => GoodFile[start..end] + GoodFile[start..end],
                    _ => rubbish,
                };
                Check(GoodFile[..start] + middle + GoodFile[end..]);
            },
            iter: 1000);

    [Theory]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("a {")]
    [InlineData("\"")]
    [InlineData("a ")]
    [InlineData("a\n")]
    [InlineData("include box.conf\n")]
    [InlineData("virtual_server 192.0.2.1 80 { real_server 10.0.0.1 80 {")]
    public void Much_of_the_same_ends(string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 20_000));

        Check(text);
    }

    private const string GoodFile = """
        global_defs {
            router_id one
            lvs_sync_daemon eth1 outside id 3 port 9000
            lvs_timeouts tcp 900 tcpfin 30 udp 60
        }
        vrrp_sync_group both {
            group {
                outside
                inside
            }
        }
        vrrp_instance outside {
            state BACKUP
            interface eth0
            virtual_router_id 51
            priority 150
            version 3
            advert_int 0.1
            virtual_ipaddress { 192.0.2.1/24 }
        }
        vrrp_instance inside {
            interface eth1
            virtual_router_id 52
            authentication { auth_pass "1234" }
            virtual_ipaddress
            {
                10.0.0.254/24 dev eth1 label eth1:1
            }
        }
        virtual_server 192.0.2.1 80 {
            protocol TCP
            lb_algo wrr
            real_server 10.0.0.1 8080 {
                HTTP_GET {
                    url {
                        path /index.html
                        status_code 200-204 301
                        digest 9b3a0c85a887a256d6939da88aabd8cd
                    }
                    connect_timeout 0.5
                }
            }
            sorry_server 10.0.0.9 80
        }
        panel { chip gpiochip0 }
        telemetry { broker mqtt.example 1883 }
        dashboard { off }
        """;

    private static Gen<string> OneOf(params string[] choices) =>
        Gen.Int[0, choices.Length - 1].Select(index => choices[index]);

    private static void Check(string text)
    {
        ConfigurationResult result = MemoryFiles.Load(text);

        bool hasError = result.Faults.Any(fault => !fault.IsWarning);
        Assert.Equal(hasError, result.Config is null);
        Assert.True(result.Faults.Length <= 100);
        Assert.Equal(
            result.Faults.Select(Order).Order(), result.Faults.Select(Order));
        Assert.All(result.Faults, fault =>
        {
            Assert.True(fault.Position.Line >= 1 && fault.Position.Column >= 1);
            Assert.DoesNotContain(fault.Sentence, char.IsControl);
            Assert.NotEmpty(fault.Sentence);
        });
    }

    private static (int Line, int Column) Order(ConfigFault fault) =>
        (fault.Position.Line, fault.Position.Column);
}

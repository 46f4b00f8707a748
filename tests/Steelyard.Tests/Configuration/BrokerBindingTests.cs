using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

/// <summary>How a broker is spoken to and believed, and who may ask for the page.</summary>
public sealed class BrokerBindingTests
{
    private const string Hash = "0f0e0d0c0b0a09080706050403020100ffeeddccbbaa99887766554433221100";

    [Fact]
    public void All_words_of_a_broker_are_taken_in_any_order()
    {
        BrokerConfig? broker = Broker($"""
            client_certificate /data/box.crt /data/box.key
            pin {Hash}
            mqtt_version 3.1.1
            password_file /data/secret
            user box
            ca_file /data/ca.crt
            broker broker.lan 8883
            """);

        Assert.Equal(
            new BrokerConfig("broker.lan", 8883)
            {
                UsesTls = true,
                UserName = "box",
                PasswordFile = "/data/secret",
                Version = MqttVersion.V311,
                AuthorityFile = "/data/ca.crt",
                Pins = [Hash.ToUpperInvariant()],
                Certificate = new("/data/box.crt", "/data/box.key"),
            },
            broker);
    }

    [Theory]
    [InlineData("sha256:" + Hash)]
    [InlineData("0F:0E:0D:0C:0B:0A:09:08:07:06:05:04:03:02:01:00:"
        + "FF:EE:DD:CC:BB:AA:99:88:77:66:55:44:33:22:11:00")]
    [InlineData("sha256//Dw4NDAsKCQgHBgUEAwIBAP/u3cy7qpmId2ZVRDMiEQA=")]
    public void A_pin_is_written_as_openssl_or_curl_do(string pin) =>
        Assert.Equal([Hash.ToUpperInvariant()], Broker($"broker b 1\n  pin {pin}")!.Pins);

    [Theory]
    [InlineData("broker b 1\n  pin abc", "box.conf:3:7: 'abc' is not the SHA-256 of a certificate "
        + "or of its public key: 64 hexadecimal digits, or sha256//BASE64")]
    [InlineData("broker b 1\n  mqtt_version 4", "box.conf:3:16: '4' is no version of MQTT that the "
        + "box speaks: 5 or 3.1.1; without this word it tries both")]
    [InlineData("broker b 1\n  ca_file ca.crt", "box.conf:3:11: 'ca.crt' is not a whole path, "
        + "such as /data/tls/box.crt")]
    [InlineData("broker b 1\n  client_certificate /a.crt",
        "box.conf:3:3: 'client_certificate' needs a certificate and its key")]
    [InlineData("broker b 1\n  tls off\n  ca_file /ca.crt",
        "box.conf:3:3: 'ca_file' is for a broker over TLS, and 'tls' is off")]
    [InlineData("ca_file /ca.crt", "box.conf:2:3: 'ca_file' is for an external broker; "
        + "name it: 'broker HOST PORT'")]
    public void A_wrong_word_is_explained(string words, string fault) =>
        Assert.Equal([fault], MemoryFiles.FaultsOf($"telemetry {{\n  {words}\n}}\n"));

    [Fact]
    public void Names_and_proxies_of_the_page_are_taken()
    {
        DashboardConfig page = MemoryFiles.Accept("""
            dashboard {
                allowed_hosts lb.example.org lb.example.net.
                trusted_proxy 192.0.2.9 2001:db8::/64
            }
            """).Dashboard;

        Assert.Equal(["lb.example.org", "lb.example.net"], page.AllowedHosts);
        Assert.Equal(
            [new(IpAddress.Parse("192.0.2.9"), 32), new(IpAddress.Parse("2001:db8::"), 64)],
            page.TrustedProxies);
    }

    [Theory]
    [InlineData("allowed_hosts", "box.conf:2:3: 'allowed_hosts' needs a name by which browsers "
        + "may ask for the page")]
    [InlineData("allowed_hosts *.example.org", "box.conf:2:17: '*.example.org' is not a host name: "
        + "whole names alone, such as lb.example.org, without a scheme, a port, or a wildcard")]
    [InlineData("trusted_proxy proxy.lan", "box.conf:2:17: 'proxy.lan' is not an address or a "
        + "network such as 10.0.0.0/8")]
    public void A_wrong_word_of_the_page_is_explained(string words, string fault) =>
        Assert.Equal([fault], MemoryFiles.FaultsOf($"dashboard {{\n  {words}\n}}\n"));

    private static BrokerConfig? Broker(string words) =>
        MemoryFiles.Accept($"telemetry {{\n  {words}\n}}\n").Telemetry.Broker;
}

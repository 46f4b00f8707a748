using System;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

public sealed class BrokerNameTests
{
    [Theory]
    [InlineData("mqtt")]
    [InlineData("mqtt.lan")]
    [InlineData("mqtt.lan.")]
    [InlineData("my_host-2.example.org")]
    [InlineData("3com.example")]
    [InlineData("192.168.1.5")]
    [InlineData("2001:db8::5")]
    public void A_broker_is_a_host_name_or_an_address(string host)
    {
        ApplianceConfig config =
            MemoryFiles.Accept($"telemetry {{\n  broker {host} 1883\n}}\n");

        Assert.Equal(new BrokerConfig(host, 1883), config.Telemetry.Broker);
    }

    [Theory]
    [InlineData("192.168.1..5")]
    [InlineData("192.168.1.500")]
    [InlineData("192.168.1")]
    [InlineData("a..b")]
    [InlineData(".lan")]
    [InlineData("*.lan")]
    [InlineData("a,b")]
    [InlineData("-a.lan")]
    [InlineData("a-.lan")]
    [InlineData(".")]
    [InlineData("mqtt.lan..")]
    [InlineData("[2001:db8::5]")]
    [InlineData("mqtt://mqtt.lan")]
    [InlineData("mqtt.lan:1883")]
    [InlineData("me@mqtt.lan")]
    [InlineData("mqtt%2elan")]
    public void A_slip_in_its_name_is_said(string host) => AssertRefused(host);

    /// <summary>RFC 1035 §2.3.4: a label has 63 octets, a name 253 in text.</summary>
    [Fact]
    public void A_name_that_no_resolver_takes_is_said()
    {
        string label = new('a', 63);
        string name = string.Join('.', label, label, label, new string('b', 61));
        _ = MemoryFiles.Accept($"telemetry {{\n  broker {name} 1883\n}}\n");

        AssertRefused(name + "b");
        AssertRefused(label + "a.lan");
    }

    private static void AssertRefused(string host)
    {
        ConfigFault fault = Assert.Single(
            MemoryFiles.Load($"telemetry {{\n  broker {host} 1883\n}}\n").Faults);

        Assert.False(fault.IsWarning);
        Assert.Contains("is not a host name or address", fault.Sentence, StringComparison.Ordinal);
    }
}

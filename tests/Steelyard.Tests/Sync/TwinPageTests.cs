using System;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Twin;
using Steelyard.Core.Routing;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;
using Steelyard.Tests.Configuration;

namespace Steelyard.Tests.Sync;

/// <summary>A box tells its twin where its page is; boxes of before neither ask nor mind.</summary>
public sealed class TwinPageTests
{
    private const int TailLength = 19; // flags 1, address 16, port 2

    [Theory]
    [InlineData("192.0.2.12", 8080, false, "http://192.0.2.12:8080")]
    [InlineData("fd00::2", 8443, true, "https://[fd00::2]:8443")]
    public void A_hello_says_where_the_page_is(string address, int port, bool tls, string url)
    {
        TwinMessage hello = Hello() with
        {
            Page = new TwinPage(new(IpAddress.Parse(address), (ushort)port), tls),
        };

        Assert.True(TwinMessage.TryParse(Write(hello), out TwinMessage heard));

        Assert.Equal(url, heard.Page.ToString());
        Assert.Equal("b", heard.Text);
        Assert.Equal(51, heard.Roles[0].VirtualRouterId);
    }

    [Fact]
    public void A_hello_of_before_is_understood_and_has_none()
    {
        byte[] before = Write(Hello());
        byte[] now = Write(Hello() with { Page = new TwinPage(new(new(0, 1), 1), false) });

        Assert.Equal(before, now[..^TailLength]); // A box of before reads as far as it knows.
        Assert.True(TwinMessage.TryParse(before, out TwinMessage heard));
        Assert.Null(heard.Page);
    }

    [Fact]
    public void A_page_that_is_cut_off_or_nowhere_is_none()
    {
        byte[] whole = Write(Hello() with { Page = new TwinPage(new(new(0, 1), 1), false) });
        byte[] nowhere = Write(Hello() with { Page = new TwinPage(new(default, 1), false) });

        for (int missing = 1; missing <= TailLength; missing++)
        {
            Assert.True(TwinMessage.TryParse(whole.AsSpan()[..^missing], out TwinMessage heard));
            Assert.Null(heard.Page);
        }

        Assert.True(TwinMessage.TryParse(nowhere, out TwinMessage other));
        Assert.Null(other.Page);
    }

    [Theory]
    [InlineData("listen 192.0.2.11 8080", "http://192.0.2.11:8080")]
    [InlineData("listen 0.0.0.0 8443\n  tls", "https://192.0.2.11:8443")]
    [InlineData("listen :: 8080", "http://192.0.2.11:8080")]
    [InlineData("listen 127.0.0.1 8080", null)]
    [InlineData("listen ::1 8080", null)]
    [InlineData("listen 0.0.0.0 8080\n  off", null)]
    public void A_page_that_listens_everywhere_is_found_where_clients_are(
        string words, string? url)
    {
        ApplianceConfig config = MemoryFiles.Accept($$"""
            vrrp_instance out {
                interface eth1
                virtual_router_id 51
                virtual_ipaddress {
                    192.0.2.1/24
                }
            }
            dashboard {
              {{words}}
            }
            """);
        NetworkPicture network = new(
            [
                Interface(1, "eth0", "10.9.0.1/24"),
                Interface(2, "eth1", "fe80::1/64", "192.0.2.1/24", "192.0.2.11/24", "fd00::1/64"),
            ],
            []);

        Assert.Equal(url, PagePlace.Of(config, network)?.ToString());
    }

    private static InterfaceState Interface(int index, string name, params string[] addresses) =>
        new(
            index, name, default, 1500, true,
            [.. Array.ConvertAll(addresses, text =>
            {
                Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
                return prefix;
            })]);

    private static TwinMessage Hello() => new(
        TwinMessageKind.Hello, 0, 0, 7, 0, 0, "b", [], 100, [new(51, default, 100)], 0);

    private static byte[] Write(TwinMessage message)
    {
        byte[] datagram = new byte[TwinMessage.MaximumLength];
        return datagram[..message.Write(datagram)];
    }
}

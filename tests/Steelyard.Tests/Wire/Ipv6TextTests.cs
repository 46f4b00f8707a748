using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>RFC 4291 §2.2; the runtime's own parser is the oracle.</summary>
public class Ipv6TextTests
{
    [Theory]
    [Rfc("4291 §2.2")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::8:800:200C:417A")]
    [InlineData("FF01:0:0:0:0:0:0:101")]
    [InlineData("::13.1.68.3")]
    [InlineData("1:2:3:4:5:6:7::")]
    public void All_forms_are_read(string text)
    {
        Assert.True(Ipv6Text.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address));
        Assert.Equal(IpAddress.Parse(text), address);
    }

    [Theory]
    [Rfc("4291 §2.2")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1::2::3")]
    [InlineData("12345::")]
    [InlineData("::1%1")]
    [InlineData("::1.2.3")]
    [InlineData("::1.2.3.256")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    [InlineData("1:")]
    public void Other_text_is_not(string text)
    {
        Assert.False(Ipv6Text.TryParse(Encoding.ASCII.GetBytes(text), out _));
    }

    [Fact]
    public void Random_text_is_read_as_the_runtime_reads_it()
    {
        Gen.OneOf("1", "ab", "FFFF", "0", ":", ":", ":", "::", "1.2.3.4", "12345")
            .Array[0, 17]
            .Sample(
                parts =>
                {
                    string text = string.Concat(parts);
                    bool expected = IPAddress.TryParse(text, out IPAddress? oracle)
                        && oracle.AddressFamily == AddressFamily.InterNetworkV6;

                    bool actual =
                        Ipv6Text.TryParse(Encoding.ASCII.GetBytes(text), out IpAddress address);

                    Assert.Equal(expected, actual);
                    Assert.True(!actual || IpAddress.From(oracle!) == address, text);
                },
                iter: 100_000);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) =>
        {
            IpAddress address = new(high, low);
            Span<byte> text = stackalloc byte[Ipv6Text.MaximumLength];

            text = text[..Ipv6Text.Write(text, address)];

            Assert.Equal(address, IpAddress.From(IPAddress.Parse(Encoding.ASCII.GetString(text))));
        });
    }
}

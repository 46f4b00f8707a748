using System;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>
/// Vectors: four with independently computed checksums, five captured from keepalived 2.2.7
/// (10.9.9.1 to 224.0.0.18).
/// </summary>
public sealed class VrrpAdvertisementTests
{
    private const string Captured = "10.9.9.1";
    private const string Group = "224.0.0.18";

    [Theory]
    [Rfc("3768 §5.2")]
    [Rfc("9568 §5.2")]
    [InlineData("210ac802000192edc0000201c00002020000000000000000", "192.0.2.251", Group,
        2, 10, 200, 1000, "192.0.2.1,192.0.2.2")]
    [InlineData("310ac8020064828ac0000201c0000202", "192.0.2.251", Group,
        3, 10, 200, 1000, "192.0.2.1,192.0.2.2")]
    [InlineData("310ac8020064defbc0000201c0000202", "192.0.2.251", Group,
        3, 10, 200, 1000, "192.0.2.1,192.0.2.2")]
    [InlineData(
        "310a640200643f5dfe80000000000000000000000000000120010db8000000000000000000000001",
        "fe80::c8", "ff02::12", 3, 10, 100, 1000, "fe80::1,2001:db8::1")]
    [InlineData("2133c8010001035d0a0909640000000000000000", Captured, Group,
        2, 51, 200, 1000, "10.9.9.100")]
    [InlineData("213300010001cb5d0a0909640000000000000000", Captured, Group,
        2, 51, 0, 1000, "10.9.9.100")]
    [InlineData("3134c8010014ffae0a090965", Captured, Group, 3, 52, 200, 200, "10.9.9.101")]
    [InlineData("313400010014c7af0a090965", Captured, Group, 3, 52, 0, 200, "10.9.9.101")]
    [InlineData("3134c8010014f3470a090965", Captured, Group, 3, 52, 200, 200, "10.9.9.101")]
    public void Adverts_of_both_versions_and_both_checksums_are_read(
        string hex,
        string source,
        string destination,
        int version,
        byte vrid,
        byte priority,
        int milliseconds,
        string addresses)
    {
        Assert.True(Parse(hex, source, destination, out VrrpAdvertisement advert, out _));

        Assert.Equal(version, advert.Version);
        Assert.Equal(vrid, advert.VirtualRouterId);
        Assert.Equal(priority, advert.Priority);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), advert.Interval);
        Assert.Equal(addresses, string.Join(',', advert.Addresses));
    }

    [Theory]
    [InlineData("210ac802000192edc0000201c00002020000000000000000", "192.0.2.251", false)]
    [InlineData("310ac8020064828ac0000201c0000202", "192.0.2.251", false)]
    [InlineData("310ac8020064defbc0000201c0000202", "192.0.2.251", true)]
    [InlineData("2133c8010001035d0a0909640000000000000000", Captured, true)]
    [InlineData("3134c8010014ffae0a090965", Captured, true)]
    [InlineData("313400010014c7af0a090965", Captured, true)]
    public void What_was_read_is_written_again_byte_for_byte(
        string hex, string source, bool checksumsPseudoHeader)
    {
        Assert.True(Parse(hex, source, Group, out VrrpAdvertisement advert, out _));
        byte[] written = Buffer();

        int length = advert.Write(
            written, IpAddress.Parse(source), IpAddress.Parse(Group), checksumsPseudoHeader);

        Assert.Equal(hex, Hex(written, length));
        Assert.Equal(length, advert.Length);
    }

    [Fact]
    [Rfc("9568 §5.2.8")]
    public void Over_ipv6_the_pseudo_header_is_always_summed()
    {
        const string hex =
            "3136c80200641318fe80000000000000000000000000005420010db8000000000000000000000054";
        var advert = new VrrpAdvertisement(
            3, 54, 200, TimeSpan.FromSeconds(1),
            [IpAddress.Parse("fe80::54"), IpAddress.Parse("2001:db8::54")]);
        byte[] written = Buffer();

        int length = advert.Write(
            written, IpAddress.Parse("fe80::1"), VrrpAdvertisement.GroupIpv6, false);

        // The capture's source is not recorded; all but the checksum must agree.
        Assert.Equal(hex[..12], Hex(written, length)[..12]);
        Assert.Equal(hex[16..], Hex(written, length)[16..]);
        Assert.True(Parse(Hex(written, length), "fe80::1", "ff02::12", out _, out _));
        Assert.False(Parse(Hex(written, length), "fe80::2", "ff02::12", out _, out _));
    }

    [Theory]
    [Rfc("9568 §7.1")]
    [InlineData("3134c8010014ffae0a0909", VrrpFault.Truncated)]
    [InlineData("3134c8010014ff", VrrpFault.Truncated)]
    [InlineData("3134c8020014ffae0a090965", VrrpFault.Truncated)]
    [InlineData("2133c8010001035d0a09096400000000000000", VrrpFault.Truncated)]
    [InlineData("3134c8010014ffaf0a090965", VrrpFault.BadChecksum)]
    [InlineData("3134c8010014ffae0a090966", VrrpFault.BadChecksum)]
    [InlineData("2133c8010001035d0a0909650000000000000000", VrrpFault.BadChecksum)]
    [InlineData("1134c8010014ffae0a090965", VrrpFault.UnknownVersion)]
    [InlineData("4134c8010014ffae0a090965", VrrpFault.UnknownVersion)]
    [InlineData("3234c8010014ffae0a090965", VrrpFault.UnknownType)]
    [InlineData("", VrrpFault.Truncated)]
    public void Malformed_adverts_are_refused_with_a_reason(string hex, VrrpFault expected)
    {
        Assert.False(Parse(hex, Captured, Group, out _, out VrrpFault fault));

        Assert.Equal(expected, fault);
    }

    [Theory]
    [Rfc("9568 §7.1")]
    [InlineData("31 00 c8 01 0014 0000 0a090965", VrrpFault.VirtualRouterIdZero)]
    [InlineData("31 34 c8 00 0014 0000", VrrpFault.NoAddress)]
    [InlineData("31 34 c8 01 0000 0000 0a090965", VrrpFault.IntervalZero)]
    [InlineData("21 33 c8 01 02 01 0000 0a090964 0000000000000000",
        VrrpFault.UnknownAuthentication)]
    public void Fields_out_of_range_are_refused_though_the_checksum_is_good(
        string spaced, VrrpFault expected)
    {
        byte[] message = Convert.FromHexString(spaced.Replace(" ", string.Empty));
        ushort checksum = SlowChecksum(message);
        message[6] = (byte)(checksum >> 8);
        message[7] = (byte)checksum;

        Assert.False(Parse(
            Convert.ToHexString(message), Captured, Group, out _, out VrrpFault fault));

        Assert.Equal(expected, fault);
    }

    [Theory]
    [Rfc("9568 §5.1.1.3")]
    [InlineData(254)]
    [InlineData(0)]
    public void An_advert_that_has_crossed_a_router_is_refused(byte timeToLive)
    {
        byte[] message = Convert.FromHexString("3134c8010014ffae0a090965");

        Assert.False(VrrpAdvertisement.TryParse(
            message, IpAddress.Parse(Captured), IpAddress.Parse(Group), timeToLive,
            out _, out VrrpFault fault));

        Assert.Equal(VrrpFault.TimeToLiveNot255, fault);
    }

    [Fact]
    public void A_password_in_version_2_is_tolerated_and_reported()
    {
        byte[] message = Convert.FromHexString(
            "2133c8010101000" + "00a09096473657372657431" + "00");
        ushort checksum = SlowChecksum(message);
        message[6] = (byte)(checksum >> 8);
        message[7] = (byte)checksum;

        Assert.True(Parse(
            Convert.ToHexString(message), Captured, Group, out VrrpAdvertisement advert, out _));

        Assert.Equal(VrrpAdvertisement.PasswordAuthentication, advert.AuthenticationType);
    }

    [Fact]
    public void Ethernet_padding_behind_the_message_is_tolerated()
    {
        Assert.True(Parse(
            "3134c8010014ffae0a090965" + "000000000000", Captured, Group, out _, out _));
    }

    [Fact]
    [Rfc("9568 §7.2")]
    [Rfc("9568 §7.3")]
    public void The_frame_comes_from_the_virtual_station_and_goes_to_the_group()
    {
        var advert = new VrrpAdvertisement(
            3, 0x34, 200, TimeSpan.FromMilliseconds(200), [IpAddress.Parse("10.9.9.101")]);
        byte[] frame = Buffer();

        int length = advert.WriteFrame(
            frame, MacAddress.VirtualRouterIpv4(0x34), IpAddress.Parse(Captured), true);

        // Header: 45c0 0020 0000 0000 ff70, sum by hand: ~(45c0+20+ff70+0a09+0901+e000+0012).
        Assert.Equal(
            "01005e000012" + "00005e000134" + "0800"
            + "45c0002000000000ff70" + "c791" + "0a090901" + "e0000012"
            + "3134c8010014ffae0a090965",
            Hex(frame, length));
        Assert.All(frame[length..], octet => Assert.Equal(0xA5, octet));
    }

    /// <summary>
    /// Captured from keepalived 2.2.7 at fe80::ff:fe00:a, which sends from its own station and
    /// whose kernel puts in a flow label; all else is the same to the byte.
    /// </summary>
    [Fact]
    [Rfc("9568 §5.1.2")]
    public void Over_ipv6_the_frame_is_keepaliveds()
    {
        const string message =
            "3133c8020014dbf1" + "fe800000000000000000000000000051"
            + "20010db8010000000000000000000001";
        const string addresses =
            "fe80000000000000000000fffe00000a" + "ff020000000000000000000000000012";
        IpAddress source = IpAddress.Parse("fe80::ff:fe00:a");
        byte[] frame = Buffer();

        Assert.True(
            Parse(message, "fe80::ff:fe00:a", "ff02::12", out VrrpAdvertisement advert, out _));
        int length = advert.WriteFrame(frame, MacAddress.VirtualRouterIpv6(0x33), source, false);

        Assert.Equal("fe80::51,2001:db8:100::1", string.Join(',', advert.Addresses));
        Assert.Equal(
            "333300000012" + "00005e000233" + "86dd" + "6c000000" + "002870ff" + addresses
                + message,
            Hex(frame, length));
        Assert.All(frame[length..], octet => Assert.Equal(0xA5, octet));
    }

    [Theory]
    [InlineData("::")]
    [InlineData("ff02::12")]
    public void An_advert_from_no_station_is_refused(string source)
    {
        Assert.False(Parse(
            "3134c8010014ffae0a090965", source, "ff02::12", out _, out VrrpFault fault));

        Assert.Equal(VrrpFault.WrongSource, fault);
    }

    private static bool Parse(
        string hex,
        string source,
        string destination,
        out VrrpAdvertisement advert,
        out VrrpFault fault) => VrrpAdvertisement.TryParse(
            Convert.FromHexString(hex),
            IpAddress.Parse(source),
            IpAddress.Parse(destination),
            VrrpAdvertisement.TimeToLive,
            out advert,
            out fault);

    private static byte[] Buffer() => [.. Enumerable.Repeat((byte)0xA5, 128)];

    private static string Hex(byte[] octets, int length) =>
        Convert.ToHexString(octets, 0, length).ToLowerInvariant();

    /// <summary>RFC 1071 §4.1, as plainly as can be.</summary>
    private static ushort SlowChecksum(byte[] octets)
    {
        int sum = 0;
        for (int index = 0; index < octets.Length; index++)
        {
            sum += index % 2 == 0 ? octets[index] << 8 : octets[index];
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}

using System;
using CsCheck;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

/// <summary>
/// Golden frames: what two Linux 6.1 kernels with 02:00:00:00:00:0a and :0b, 2001:db8::a and ::b
/// said to each other.
/// </summary>
public sealed class NeighbourDiscoveryTests
{
    private const string Request =
        "3333ff00000b02000000000a86dd" + "6000000000203aff"
        + "20010db800000000000000000000000a" + "ff0200000000000000000001ff00000b"
        + "87001c0300000000" + "20010db800000000000000000000000b" + "010102000000000a";

    private const string Answer =
        "02000000000a02000000000b86dd" + "6000000000203aff"
        + "20010db800000000000000000000000b" + "20010db800000000000000000000000a"
        + "88008a4d60000000" + "20010db800000000000000000000000b" + "020102000000000b";

    private const string RequestAgain =
        "02000000000a02000000000b86dd" + "6000000000203aff"
        + "fe80000000000000000000fffe00000b" + "20010db800000000000000000000000a"
        + "87001c8700000000" + "20010db800000000000000000000000a" + "010102000000000b";

    /// <summary>With a nonce (RFC 7527), an option that we do not know.</summary>
    private const string Probe =
        "3333ff00000a02000000000a86dd" + "6000000000203aff"
        + "00000000000000000000000000000000" + "ff0200000000000000000001ff00000a"
        + "87005ece00000000" + "fe80000000000000000000fffe00000a" + "0e01d27062fadad0";

    /// <summary>keepalived 2.2.7 becomes MASTER; its host routes nothing.</summary>
    private const string Announced =
        "33330000000102000000000a86dd" + "6000000000203aff"
        + "20010db8010000000000000000000001" + "ff020000000000000000000000000001"
        + "8800f72120000000" + "20010db8010000000000000000000001" + "020102000000000a";

    private const int HopLimit = 21;
    private const int Destination = 38;
    private const int Code = 55;
    private const int Target = 62;
    private const int Option = 78;

    private static readonly MacAddress StationA = new(0x0200_0000_000A);
    private static readonly MacAddress StationB = new(0x0200_0000_000B);
    private static readonly IpAddress AddressA = IpAddress.Parse("2001:db8::a");
    private static readonly IpAddress AddressB = IpAddress.Parse("2001:db8::b");
    private static readonly IpAddress LinkB = IpAddress.Parse("fe80::ff:fe00:b");

    [Fact]
    [Rfc("4861 §4.3")]
    public void What_a_kernel_asks_is_read()
    {
        NeighbourDiscovery request = Read(Request);

        Assert.Equal(
            new NeighbourDiscovery(
                NeighbourMessage.Solicitation,
                AddressA,
                IpAddress.Parse("ff02::1:ff00:b"),
                AddressB,
                StationA),
            request);
        Assert.Equal(
            NeighbourDiscovery.RequestAgain(StationB, LinkB, AddressA), Read(RequestAgain));
        Assert.False(request.IsProbe);
    }

    [Fact]
    [Rfc("4861 §4.4")]
    public void What_a_kernel_answers_is_read()
    {
        NeighbourDiscovery answer = Read(Answer);

        Assert.Equal(
            new NeighbourDiscovery(
                NeighbourMessage.Advertisement,
                AddressB,
                AddressA,
                AddressB,
                StationB,
                NeighbourFlags.Solicited | NeighbourFlags.Override),
            answer);
    }

    [Fact]
    [Rfc("4862 §5.4.2")]
    public void A_kernels_probe_for_a_duplicate_is_read_and_its_nonce_passed_over()
    {
        NeighbourDiscovery probe = Read(Probe);

        Assert.True(probe.IsProbe);
        Assert.Null(probe.Station);
        Assert.Equal(IpAddress.Parse("fe80::ff:fe00:a"), probe.Target);
    }

    [Fact]
    public void What_a_kernel_says_is_written_byte_for_byte()
    {
        NeighbourDiscovery request = NeighbourDiscovery.Request(StationA, AddressA, AddressB);
        NeighbourDiscovery answer = request.ReplyFrom(StationB) with
        {
            Flags = NeighbourFlags.Solicited | NeighbourFlags.Override,
        };

        Assert.Equal(
            Request, Written(request, MacAddress.OfGroup(request.Destination), StationA));
        Assert.Equal(Answer, Written(answer, StationA, StationB));
        Assert.Equal(
            RequestAgain,
            Written(
                NeighbourDiscovery.RequestAgain(StationB, LinkB, AddressA), StationA, StationB));
    }

    [Fact]
    [Rfc("9568 §6.4.1")]
    public void An_announcement_is_keepaliveds_but_for_the_router_flag()
    {
        NeighbourDiscovery ours = NeighbourDiscovery.Announcement(
            StationA, IpAddress.Parse("2001:db8:100::1"));

        NeighbourDiscovery theirs = Read(Announced);

        Assert.Equal(theirs with { Flags = NeighbourFlags.Router | theirs.Flags }, ours);
        Assert.Equal(
            Announced,
            Written(theirs, MacAddress.OfGroup(NeighbourDiscovery.AllNodes), StationA));
    }

    [Fact]
    [Rfc("9568 §8.2.2")]
    public void An_answer_turns_the_request_round_and_says_that_we_are_a_router()
    {
        NeighbourDiscovery request = NeighbourDiscovery.Request(StationA, AddressA, AddressB);

        NeighbourDiscovery reply = request.ReplyFrom(MacAddress.VirtualRouterIpv6(51));

        Assert.Equal(
            new NeighbourDiscovery(
                NeighbourMessage.Advertisement,
                AddressB,
                AddressA,
                AddressB,
                new MacAddress(0x0000_5E00_0233),
                NeighbourFlags.Router | NeighbourFlags.Solicited | NeighbourFlags.Override),
            reply);
    }

    [Fact]
    [Rfc("4861 §7.2.4")]
    public void A_probe_is_answered_to_everyone_and_not_as_solicited()
    {
        NeighbourDiscovery reply = Read(Probe).ReplyFrom(StationB);

        Assert.Equal(NeighbourDiscovery.Announcement(StationB, reply.Target), reply);
        Assert.Equal(IpAddress.Parse("ff02::1"), reply.Destination);
        Assert.Equal(NeighbourFlags.Router | NeighbourFlags.Override, reply.Flags);
    }

    [Fact]
    public void A_probe_is_written_without_a_station()
    {
        NeighbourDiscovery probe = Read(Probe);

        string written = Written(probe, StationB, StationA);

        Assert.Equal(2 * (14 + 40 + 24), written.Length);
        Assert.Equal(probe, Read(written));
    }

    [Theory]
    [Rfc("4291 §2.7.1")]
    [Rfc("2464 §7")]
    [InlineData("2001:db8::1:2345:6789", "ff02::1:ff45:6789", "33:33:ff:45:67:89")]
    [InlineData("fe80::1", "ff02::1:ff00:1", "33:33:ff:00:00:01")]
    public void An_address_has_a_group_and_the_group_a_station(
        string address, string group, string station)
    {
        IpAddress solicited = NeighbourDiscovery.GroupOf(IpAddress.Parse(address));

        Assert.Equal(IpAddress.Parse(group), solicited);
        Assert.Equal(station, MacAddress.OfGroup(solicited).ToString());
        Assert.Equal(
            "01:00:5e:00:00:12", MacAddress.OfGroup(IpAddress.Parse("224.0.0.18")).ToString());
        Assert.Equal(
            "01:00:5e:01:02:03", MacAddress.OfGroup(IpAddress.Parse("239.129.2.3")).ToString());
    }

    [Theory]
    [Rfc("4861 §7.1.1")]
    [InlineData(HopLimit, 254, NeighbourFault.HopLimitNot255)]
    [InlineData(Code, 1, NeighbourFault.CodeNotZero)]
    [InlineData(Target, 0xFF, NeighbourFault.WrongTarget)]
    [InlineData(Option + 1, 0, NeighbourFault.EmptyOption)]
    [InlineData(Option + 1, 2, NeighbourFault.Truncated)]
    [InlineData(Option + 2, 3, NeighbourFault.WrongStation)]
    [InlineData(22, 0xFF, NeighbourFault.WrongSource)]
    [InlineData(20, 44, NeighbourFault.OtherMessage)]
    [InlineData(54, 134, NeighbourFault.OtherMessage)]
    [InlineData(54, 137, NeighbourFault.OtherMessage)]
    public void A_solicitation_with_a_wrong_field_is_refused(
        int offset, byte value, NeighbourFault expected)
    {
        byte[] frame = Convert.FromHexString(Request);
        frame[offset] = value;

        Assert.Equal(expected, FaultOf(Summed(frame)));
    }

    [Theory]
    [Rfc("4861 §7.1.2")]
    [InlineData(HopLimit, 254, NeighbourFault.HopLimitNot255)]
    [InlineData(Code, 1, NeighbourFault.CodeNotZero)]
    [InlineData(Target, 0xFF, NeighbourFault.WrongTarget)]
    [InlineData(Option + 1, 0, NeighbourFault.EmptyOption)]
    [InlineData(Destination, 0xFF, NeighbourFault.SolicitedGroup)]
    public void An_advertisement_with_a_wrong_field_is_refused(
        int offset, byte value, NeighbourFault expected)
    {
        byte[] frame = Convert.FromHexString(Answer);
        frame[offset] = value;

        Assert.Equal(expected, FaultOf(Summed(frame)));
    }

    [Fact]
    [Rfc("4861 §7.1.1")]
    public void A_probe_that_names_a_station_or_asks_no_group_is_refused()
    {
        byte[] named = Convert.FromHexString(Probe);
        named[Option] = 1;
        named[Option + 2] = 2;
        byte[] alone = Convert.FromHexString(Probe);
        AddressB.Write(alone.AsSpan(Destination));
        byte[] everyone = Convert.FromHexString(Probe);
        NeighbourDiscovery.AllNodes.Write(everyone.AsSpan(Destination));

        Assert.Equal(NeighbourFault.WrongSource, FaultOf(Summed(named)));
        Assert.Equal(NeighbourFault.WrongSource, FaultOf(Summed(alone)));
        Assert.Equal(NeighbourFault.WrongSource, FaultOf(Summed(everyone)));
        Assert.Equal(NeighbourFault.None, FaultOf(Summed(Convert.FromHexString(Probe))));
    }

    /// <summary>It would pass for the IPv4 neighbour 10.0.0.1.</summary>
    [Theory]
    [InlineData(Target, NeighbourFault.WrongTarget)]
    [InlineData(22, NeighbourFault.WrongSource)]
    public void A_mapped_ipv4_address_is_refused(int offset, NeighbourFault expected)
    {
        byte[] frame = Convert.FromHexString(Answer);
        Convert.FromHexString("00000000000000000000ffff0a000001").CopyTo(frame, offset);

        Assert.Equal(expected, FaultOf(Summed(frame)));
    }

    [Theory]
    [InlineData(Request)]
    [InlineData(Answer)]
    public void A_bit_that_is_bent_is_seen(string frame)
    {
        byte[] good = Convert.FromHexString(frame);
        for (int bit = 22 * 8; bit < good.Length * 8; bit++)
        {
            byte[] bent = [.. good];
            bent[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.NotEqual(NeighbourFault.None, FaultOf(bent));
        }
    }

    [Fact]
    public void A_message_cut_short_is_refused_wherever_it_is_cut()
    {
        byte[] good = Convert.FromHexString(Request);
        for (int length = 54; length < good.Length; length++)
        {
            byte[] cut = good[..length];
            cut[19] = (byte)(length - 54);

            bool isWholeWithoutOption = length == Option;
            NeighbourFault fault = FaultOf(Summed(cut));

            Assert.Equal(isWholeWithoutOption, fault == NeighbourFault.None);
        }
    }

    [Fact]
    public void The_first_station_counts_and_the_other_messages_option_does_not()
    {
        byte[] two = Convert.FromHexString(
            Request + "010102000000000c" + "0201020000000000");
        two[19] = 48;

        Assert.Equal(StationA, Read(Convert.ToHexString(Summed(two))).Station);
    }

    /// <summary>Rubbish of any length is refused or read, and what is read can be used.</summary>
    [Fact]
    public void Rubbish_is_refused_or_read_and_never_harms() =>
        Gen.Select(Gen.Byte.Array[0, 96], Gen.Bool, Gen.Bool).Sample(
            (rubbish, isRequest, isSummed) =>
            {
                byte[] frame =
                    [.. Convert.FromHexString(isRequest ? Request : Answer)[..54], .. rubbish];
                frame[18] = 0;
                frame[19] = (byte)rubbish.Length;
                if (rubbish.Length > 1)
                {
                    frame[54] = (byte)(135 + (rubbish[0] % 2));
                    frame[55] = 0;
                }

                frame = isSummed && rubbish.Length > 3 ? Summed(frame) : frame;
                if (TryRead(frame, out NeighbourDiscovery message, out NeighbourFault fault))
                {
                    Assert.Equal(NeighbourFault.None, fault);
                    Assert.False(message.Target.IsMulticast || message.Target.IsIpv4);
                    Assert.False(message.Station is { IsMulticast: true });
                    _ = message.ReplyFrom(StationB);
                }
                else
                {
                    Assert.NotEqual(NeighbourFault.None, fault);
                    Assert.Equal(default, message);
                }
            },
            iter: 20_000);

    /// <summary>What is written is read again, whatever it says.</summary>
    [Fact]
    public void Every_message_survives_the_wire() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.Bool, Gen.Int[0, 7]).Sample(
            (low, high, bits, isRequest, flags) =>
            {
                IpAddress target = new(0x2001_0DB8_0000_0000 | (high >> 32), low);
                MacAddress station = new((bits & 0xFEFF_FFFF_FFFF) | 2);
                NeighbourDiscovery message = isRequest
                    ? NeighbourDiscovery.Request(station, AddressA, target)
                    : new(
                        NeighbourMessage.Advertisement,
                        target,
                        AddressA,
                        target,
                        station,
                        (NeighbourFlags)(flags << 5));

                Assert.Equal(message, Read(Written(message, StationB, StationA)));
            },
            iter: 2000);

    private static NeighbourDiscovery Read(string frame)
    {
        Assert.True(TryRead(
            Convert.FromHexString(frame),
            out NeighbourDiscovery message,
            out NeighbourFault fault));
        Assert.Equal(NeighbourFault.None, fault);
        return message;
    }

    private static NeighbourFault FaultOf(byte[] frame) =>
        TryRead(frame, out _, out NeighbourFault fault) ? NeighbourFault.None : fault;

    private static bool TryRead(
        byte[] frame, out NeighbourDiscovery message, out NeighbourFault fault)
    {
        Assert.True(Ipv6Packet.TryParse(frame.AsSpan(14), out Ipv6Packet packet));
        return NeighbourDiscovery.TryParse(packet, out message, out fault);
    }

    private static string Written(
        in NeighbourDiscovery message, MacAddress destination, MacAddress source)
    {
        byte[] frame = new byte[NeighbourDiscovery.LongestFrameLength];
        Array.Fill(frame, PacketBuilder.Fill);
        int length = message.Write(frame, destination, source);
        return Convert.ToHexString(frame, 0, length).ToLowerInvariant();
    }

    /// <summary>With the checksum that a sender of these octets would have written.</summary>
    private static byte[] Summed(byte[] frame)
    {
        if (frame.Length < 58)
        {
            return frame;
        }

        byte[] summed = [.. frame];
        summed[56] = 0;
        summed[57] = 0;
        ushort sum = SlowChecksum.OfIcmpv6(summed.AsSpan(14));
        summed[56] = (byte)(sum >> 8);
        summed[57] = (byte)sum;
        return summed;
    }
}

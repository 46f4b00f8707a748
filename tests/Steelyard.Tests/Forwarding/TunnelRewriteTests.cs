using System;
using CsCheck;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using static Steelyard.Tests.Forwarding.OuterPacket;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// Packets put into others and found again there, over all kinds of tunnels and families.
/// </summary>
public class TunnelRewriteTests
{
    private static readonly TunnelSettings[] Kinds =
    [
        new(TunnelKind.Ipip),
        new(TunnelKind.Gre),
        new(TunnelKind.Gre, 0, TunnelChecksum.Local),
        new(TunnelKind.Gue, 6080),
        new(TunnelKind.Gue, 6080, TunnelChecksum.Local),
        new(TunnelKind.Gue, 6080, TunnelChecksum.Remote),
    ];

    private static readonly Gen<(TunnelSettings Tunnel, bool OverIpv4, byte[] Inner)> Wrappings =
        from kind in Gen.Int[0, Kinds.Length - 1]
        from overIpv4 in Gen.Bool
        from isIpv4 in Gen.Bool
        from length in Gen.Int[0, 99]
        select (Kinds[kind], overIpv4, Inner(isIpv4, length));

    [Fact]
    public void The_told_size_never_falls_below_what_every_link_takes()
    {
        Assert.Equal(68, TunnelRewrite.InnerMtu(70, 20, isInnerIpv4: true));
        Assert.Equal(1280, TunnelRewrite.InnerMtu(1300, 40, isInnerIpv4: false));
    }

    [Fact]
    public void IPv6_in_IPv4_may_be_cut_and_carries_its_class_and_hops()
    {
        byte[] inner = Inner(isIpv4: false, 4);
        inner[0] = 0x6B;
        inner[1] = 0x81;
        inner[7] = 17;

        byte[] packet = Wrap(new(TunnelKind.Ipip), overIpv4: true, inner);

        Assert.False(TunnelRewrite.DontFragment(new(inner), honoursDontFragment: true));
        Assert.Equal("45B80040BEEF00001129", Convert.ToHexString(packet, 0, 10));
        Assert.Null(FaultOf(packet));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public void A_tunnel_honours_the_inner_packets_wish_not_to_be_cut(
        bool wish, bool honours, bool expected)
    {
        byte[] inner = Inner(isIpv4: true, 4);
        inner[6] = wish ? (byte)0x40 : (byte)0;

        Assert.Equal(expected, TunnelRewrite.DontFragment(new(inner), honours));
    }

    /// <summary>RFC 3168 §9.1.1, full functionality: codepoint inside and outside.</summary>
    [Theory]
    [Rfc("3168 §9.1.1")]
    [InlineData(0x00, 0x00)]
    [InlineData(0x01, 0x01)]
    [InlineData(0x02, 0x02)]
    [InlineData(0x03, 0x02)]
    [InlineData(0xFF, 0xFE)]
    public void Congestion_met_before_the_tunnel_is_not_told_outside(byte inside, byte outside)
    {
        byte[] inner = Inner(isIpv4: true, 4);
        inner[1] = inside;

        byte[] overIpv4 = Wrap(new(TunnelKind.Gre), overIpv4: true, inner);
        byte[] overIpv6 = Wrap(new(TunnelKind.Gre), overIpv4: false, inner);

        Assert.Equal(outside, overIpv4[1]);
        Assert.Equal(outside, (byte)((overIpv6[0] << 4) | (overIpv6[1] >> 4)));
        Assert.Equal(inside, overIpv4[24 + 1]);
    }

    [Fact]
    public void A_flow_keeps_to_the_dynamic_ports()
    {
        Gen.UInt.Sample(hash => TunnelRewrite.SourcePort(hash) >= 49152);
    }

    [Fact]
    public void What_was_wrapped_is_found_again_and_every_sum_is_right()
    {
        Wrappings.Sample(wrapping =>
        {
            byte[] packet = Wrap(wrapping.Tunnel, wrapping.OverIpv4, wrapping.Inner);

            Assert.Null(FaultOf(packet));
            Assert.True(TunnelRewrite.TryUnwrap(packet, out QuotedTunnel tunnel));
            Assert.Equal(wrapping.Tunnel.Kind, tunnel.Kind);
            Assert.Equal(wrapping.Tunnel.Port, tunnel.Port);
            Assert.Equal(wrapping.OverIpv4 ? Server : ServerIpv6, tunnel.Destination);
            Assert.Equal(wrapping.OverIpv4 ? Box : BoxIpv6, tunnel.Source);
            Assert.Equal(wrapping.Inner, packet[tunnel.InnerOffset..]);
        });
    }

    [Fact]
    public void A_quotation_cut_anywhere_is_found_or_not_but_never_misread()
    {
        Gen.Select(Wrappings, Gen.Int[0, 200]).Sample((wrapping, cut) =>
        {
            byte[] packet = Wrap(wrapping.Tunnel, wrapping.OverIpv4, wrapping.Inner);
            int overhead = packet.Length - wrapping.Inner.Length;
            int header = wrapping.Inner[0] >> 4 == 4 ? 20 : 40;
            byte[] quoted = packet[..Math.Min(cut, packet.Length)];

            bool isFound = TunnelRewrite.TryUnwrap(quoted, out QuotedTunnel tunnel);

            Assert.Equal(quoted.Length >= overhead + header, isFound);
            Assert.Equal(isFound ? overhead : 0, tunnel.InnerOffset);
        });
    }

    [Fact]
    public void Bent_quotations_do_no_harm()
    {
        Gen<(int At, byte Value)> bends = Gen.Select(Gen.Int[0, 79], Gen.Byte);
        Gen.Select(Wrappings, bends.List[0, 6], Gen.Int[0, 200]).Sample(
            (wrapping, changes, cut) =>
            {
                byte[] packet = Wrap(wrapping.Tunnel, wrapping.OverIpv4, wrapping.Inner);
                changes.ForEach(bend => packet[bend.At % packet.Length] = bend.Value);
                byte[] quoted = packet[..Math.Min(cut, packet.Length)];

                if (TunnelRewrite.TryUnwrap(quoted, out QuotedTunnel tunnel))
                {
                    Assert.InRange(tunnel.InnerOffset, 20, quoted.Length - 20);
                }
            },
            iter: 20_000);
        Gen.Byte.Array[0, 120].Sample(
            octets =>
            {
                if (TunnelRewrite.TryUnwrap(octets, out QuotedTunnel tunnel))
                {
                    Assert.InRange(tunnel.InnerOffset, 20, octets.Length - 20);
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("later fragment", 7, 0x01)]
    [InlineData("other protocol", 9, 0x06)]
    [InlineData("key in GRE", 20, 0x20)]
    [InlineData("version 1 of GRE", 21, 0x01)]
    [InlineData("bridged frame", 22, 0x65)]
    [InlineData("IPv6 said, IPv4 found", 22, 0x86)]
    public void What_we_never_sent_is_not_unwrapped(string what, int offset, byte value)
    {
        byte[] packet = Wrap(new(TunnelKind.Gre), overIpv4: true, Inner(isIpv4: true, 20));
        Assert.True(TunnelRewrite.TryUnwrap(packet, out _));

        packet[offset] = value;
        if (value == 0x86)
        {
            packet[23] = 0xDD;
        }

        Assert.False(TunnelRewrite.TryUnwrap(packet, out _), what);
    }

    [Fact]
    public void The_first_fragment_of_an_IPv6_packet_is_unwrapped_and_a_later_one_is_not()
    {
        byte[] whole = Wrap(new(TunnelKind.Ipip), overIpv4: false, Inner(isIpv4: true, 20));
        byte[] first = [.. whole[..40], 4, 0, 0, 1, 0, 0, 0, 9, .. whole[40..]];
        first[6] = 44;
        byte[] later = [.. first];
        later[43] = 9;

        Assert.True(TunnelRewrite.TryUnwrap(first, out QuotedTunnel tunnel));
        Assert.Equal(48, tunnel.InnerOffset);
        Assert.False(TunnelRewrite.TryUnwrap(later, out _));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        TunnelSettings tunnel = new(TunnelKind.Gue, 6080, TunnelChecksum.Local);
        byte[] packet = Wrap(tunnel, overIpv4: true, Inner(isIpv4: true, 20));

        long octets = Allocation.LeastOf(() =>
        {
            TunnelRewrite.Wrap(packet, tunnel, Box, Server, false, 1, 2);
            TunnelRewrite.TryUnwrap(packet, out _);
        });

        Assert.Equal(0, octets);
    }
}

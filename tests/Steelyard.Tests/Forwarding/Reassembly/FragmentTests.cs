using CsCheck;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Reassembly;

public sealed class FragmentTests
{
    [Fact]
    [Rfc("791 §3.1")]
    public void A_fragment_of_IPv4_is_read()
    {
        byte[] packet = PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", Cutting.Numbers(16))
            .FragmentWord(0x2000 | 185)
            .IpOptions(1, 1, 1, 0)
            .Build();

        Assert.True(Fragment.TryRead(packet, out Fragment fragment));
        Assert.Equal(
            new DatagramKey(
                false,
                IpAddress.Parse("10.0.0.1"),
                IpAddress.Parse("10.0.0.2"),
                IpProtocol.Udp,
                1),
            fragment.Key);
        Assert.Equal(1480, fragment.Offset);
        Assert.True(fragment.HasMore);
        Assert.Equal(24, fragment.Header.Length);
        Assert.Equal(Cutting.Numbers(16), fragment.Payload.ToArray());
        Assert.Equal(40, fragment.PacketLength);
    }

    [Fact]
    [Rfc("8200 §4.5")]
    public void A_fragment_of_IPv6_is_read_behind_other_extensions()
    {
        byte[][] pieces =
            Cutting.Ipv6Pieces(new byte[16], 17, Cutting.Numbers(100), 0xFEED_F00D, 64);

        Assert.True(Fragment.TryRead(pieces[1], out Fragment fragment));
        Assert.Equal(
            new DatagramKey(
                true,
                IpAddress.Parse("2001:db8::1"),
                IpAddress.Parse("2001:db8:1::2"),
                IpProtocol.Unknown,
                0xFEED_F00D),
            fragment.Key);
        Assert.Equal(64, fragment.Offset);
        Assert.False(fragment.HasMore);
        Assert.Equal(56, fragment.Header.Length);
        Assert.Equal(Cutting.Numbers(100)[64..], fragment.Payload.ToArray());
        Assert.Equal(56 + 8 + 36, fragment.PacketLength);
    }

    [Fact]
    public void The_first_fragment_of_IPv6_names_the_protocol_in_its_header()
    {
        byte[] packet = Cutting.Ipv6Pieces([], 17, new byte[16], 1, 8)[0];

        Assert.True(Fragment.TryRead(packet, out Fragment fragment));
        Assert.Equal(17, fragment.Header[6]);
    }

    [Fact]
    public void A_whole_packet_is_no_fragment()
    {
        Assert.False(Fragment.TryRead(
            PacketBuilder.Udp("10.0.0.1:1", "10.0.0.2:2").Build(), out _));
        Assert.False(Fragment.TryRead(Cutting.Ipv6([], 17, new byte[16]), out _));
    }

    [Theory]
    [InlineData(47)]
    [InlineData(44)]
    [InlineData(40)]
    [InlineData(0)]
    public void What_ends_within_the_headers_is_no_fragment(int length)
    {
        byte[] packet = Cutting.Ipv6Pieces([], 17, new byte[16], 1, 8)[0][..length];
        if (length >= 40)
        {
            packet[5] = (byte)(length - 40);
        }

        Assert.False(Fragment.TryRead(packet, out _));
    }

    [Fact]
    public void An_extension_that_leads_out_of_the_packet_is_no_way_to_a_fragment()
    {
        byte[] packet = Cutting.Ipv6Pieces(new byte[8], 17, new byte[16], 1, 8)[0];
        packet[41] = 255;

        Assert.False(Fragment.TryRead(packet, out _));
    }

    [Fact]
    public void Any_octets_are_read_without_a_fault() =>
        Gen.Select(Gen.Byte.Array[0, 120], Gen.Int[0, 3]).Sample(
            (octets, first) =>
            {
                if (octets.Length >= 40)
                {
                    octets[0] = (byte)(first switch { 0 => 0x45, 1 => 0x46, 2 => 0x60, _ => 0x6F });
                    octets[2] = 0;
                    octets[4] = 0;
                    octets[5] %= 80;
                    octets[6] = (octets[6] % 3) switch { 0 => 44, 1 => 60, _ => octets[6] };
                }

                ReassemblyTable table = new(2);
                if (Fragment.TryRead(octets, out Fragment fragment))
                {
                    table.Offer(fragment, Cutting.Start, out _);
                }
            },
            iter: 20_000);
}

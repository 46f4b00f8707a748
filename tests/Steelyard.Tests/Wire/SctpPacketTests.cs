using System;
using System.Text;
using CsCheck;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

public sealed class SctpPacketTests
{
    /// <summary>RFC 3720 §B.4, and the check value of CRC catalogues.</summary>
    [Fact]
    public void The_published_checks_come_out()
    {
        byte[] ones = new byte[32];
        Array.Fill(ones, byte.MaxValue);

        Assert.Equal(0xE306_9283, Crc32c.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A91_36AA, Crc32c.Of(new byte[32]));
        Assert.Equal(0x62A8_AB43u, Crc32c.Of(ones));
        Assert.Equal(0u, Crc32c.Of([]));
    }

    [Fact]
    public void Checks_are_those_of_the_slow_way_in_any_parts() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 200]).Sample((octets, cut) =>
        {
            cut = Math.Min(cut, octets.Length);
            uint register = Crc32c.Append(Crc32c.Start, octets.AsSpan(0, cut));
            uint inParts = Crc32c.Finish(Crc32c.Append(register, octets.AsSpan(cut)));

            return Slow(octets) == Crc32c.Of(octets) && inParts == Slow(octets);
        });

    [Fact]
    [Rfc("9260 §3.1")]
    public void A_packet_is_read_and_its_ports_are_replaced()
    {
        byte[] octets = Build(SctpChunkType.Init, 20);

        Assert.True(SctpPacket.TryParse(octets, out SctpPacket packet));
        Assert.Equal(50_000, packet.SourcePort);
        Assert.Equal(2905, packet.DestinationPort);
        Assert.Equal(0xDEAD_BEEF, packet.VerificationTag);
        Assert.Equal(SctpChunkType.Init, packet.FirstChunk);
        Assert.True(packet.HasRightChecksum);

        packet.SourcePort = 0x1234;
        packet.DestinationPort = 0x5678;
        Assert.False(packet.HasRightChecksum);
        packet.RewriteChecksum();

        Assert.Equal([0x12, 0x34, 0x56, 0x78], octets[..4]);
        Assert.Equal(CheckOf(octets), octets[8..12]);
    }

    [Fact]
    [Rfc("9260 §A")]
    public void Any_bit_that_flips_is_noticed() =>
        Gen.Int[0, (32 * 8) - 1].Sample(bit =>
        {
            byte[] octets = Build(SctpChunkType.Data, 20);
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
            return SctpPacket.TryParse(octets, out SctpPacket packet)
                && !packet.HasRightChecksum;
        });

    [Theory]
    [InlineData(SctpChunkType.CookieAck, 4, SctpChunkType.Abort)]
    [InlineData(SctpChunkType.CookieEcho, 4, SctpChunkType.Abort)]
    [InlineData(SctpChunkType.CookieEcho, 7, SctpChunkType.Abort)]
    [InlineData(SctpChunkType.CookieEcho, 8, SctpChunkType.Abort)]
    [InlineData(SctpChunkType.CookieEcho, 9, SctpChunkType.CookieEcho)]
    [InlineData(SctpChunkType.CookieEcho, 3, SctpChunkType.CookieEcho)]
    [InlineData(SctpChunkType.CookieEcho, 65_535, SctpChunkType.CookieEcho)]
    [InlineData(SctpChunkType.Sack, 4, SctpChunkType.Sack)]
    public void An_abort_behind_a_cookie_decides(
        SctpChunkType first, ushort length, SctpChunkType expected)
    {
        int second = 12 + (length + 3) / 4 * 4;
        byte[] octets = new byte[length > 8 ? 24 : second + 4];
        octets[12] = (byte)first;
        octets[14] = (byte)(length >> 8);
        octets[15] = (byte)(length & 0xFF);
        if (length <= 8)
        {
            octets[second] = (byte)SctpChunkType.Abort;
        }

        Assert.True(SctpPacket.TryParse(octets, out SctpPacket packet));
        Assert.Equal(expected, packet.DecisiveChunk);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(15, false)]
    [InlineData(12, false)]
    [InlineData(0, false)]
    public void A_packet_has_a_chunk(int length, bool expected) =>
        Assert.Equal(expected, SctpPacket.TryParse(new byte[length], out _));

    [Fact]
    public void Any_octets_are_read_without_a_fault() =>
        Gen.Byte.Array[0, 60].Sample(octets =>
        {
            if (octets.Length > 12)
            {
                octets[12] = (byte)(10 + (octets[12] % 2));
                octets[^1] = 6;
            }

            if (SctpPacket.TryParse(octets, out SctpPacket packet))
            {
                SctpChunkType decisive = packet.DecisiveChunk;
                packet.RewriteChecksum();
                return packet.HasRightChecksum
                    && (decisive == packet.FirstChunk || decisive == SctpChunkType.Abort);
            }

            return octets.Length < 16;
        });

    private static byte[] Build(SctpChunkType chunk, ushort length)
    {
        byte[] octets = new byte[12 + length];
        Array.Fill(octets, PacketBuilder.Fill);
        byte[] start =
        [
            0xC3, 0x50, 0x0B, 0x59, 0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 0, 0,
            (byte)chunk, 0, 0, (byte)length,
        ];
        start.CopyTo(octets, 0);
        CheckOf(octets).CopyTo(octets, 8);
        return octets;
    }

    private static byte[] CheckOf(byte[] octets)
    {
        byte[] copy = [.. octets];
        copy.AsSpan(8, 4).Clear();
        uint check = Slow(copy);
        return
        [
            (byte)(check & 0xFF),
            (byte)((check >> 8) & 0xFF),
            (byte)((check >> 16) & 0xFF),
            (byte)(check >> 24),
        ];
    }

    /// <summary>Bit by bit: x^32 + … with the polynomial 0x1EDC6F41, reflected.</summary>
    private static uint Slow(byte[] octets)
    {
        uint register = 0xFFFF_FFFF;
        foreach (byte octet in octets)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool isSet = ((register ^ (uint)(octet >> bit)) & 1) != 0;
                register = (register >> 1) ^ (isSet ? 0x82F6_3B78u : 0);
            }
        }

        return ~register;
    }
}

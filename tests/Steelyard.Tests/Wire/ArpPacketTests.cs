using System;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Wire;

public class ArpPacketTests
{
    private static readonly MacAddress Ours = new(0x0000_5E00_0133);
    private static readonly MacAddress Theirs = new(0x0200_0000_00FE);

    /// <summary>The layout of RFC 826, octet by octet.</summary>
    [Fact]
    public void A_request_is_written_whole()
    {
        byte[] frame = Filled(ArpPacket.FrameLength);

        int length = ArpPacket
            .Request(Ours, IpAddress.Parse("10.1.0.254"), IpAddress.Parse("10.1.0.11"))
            .Write(frame, MacAddress.Broadcast, Ours);

        Assert.Equal(
            "FFFFFFFFFFFF" + "00005E000133" + "0806"
                + "0001" + "0800" + "06" + "04" + "0001"
                + "00005E000133" + "0A0100FE" + "000000000000" + "0A01000B",
            Convert.ToHexString(frame[..length]));
    }

    [Fact]
    public void A_reply_turns_the_request_round()
    {
        ArpPacket request = ArpPacket.Request(
            Theirs, IpAddress.Parse("10.254.0.2"), IpAddress.Parse("10.9.0.1"));

        ArpPacket reply = request.ReplyFrom(Ours);

        Assert.Equal(
            new ArpPacket(
                ArpOperation.Reply,
                Ours,
                IpAddress.Parse("10.9.0.1"),
                Theirs,
                IpAddress.Parse("10.254.0.2")),
            reply);
        Assert.False(request.IsGratuitous);
        Assert.True(ArpPacket.Announcement(Ours, IpAddress.Parse("10.9.0.1")).IsGratuitous);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_written_is_read(bool tagged)
    {
        ArpPacket packet = ArpPacket.Announcement(Ours, IpAddress.Parse("10.9.0.1"));
        byte[] frame = Filled(ArpPacket.FrameLength + 18);
        packet.Write(frame, MacAddress.Broadcast, Ours);
        byte[] read = tagged ? [.. frame[..12], 0x81, 0, 0, 7, .. frame[12..]] : frame;

        Assert.True(ArpPacket.TryParse(read, out ArpPacket parsed));
        Assert.Equal(packet, parsed);
    }

    [Theory]
    [InlineData(12, 0x86)]
    [InlineData(15, 2)]
    [InlineData(16, 9)]
    [InlineData(18, 8)]
    [InlineData(19, 6)]
    [InlineData(21, 3)]
    public void Another_kind_of_packet_is_none(int offset, byte value)
    {
        byte[] frame = Filled(ArpPacket.FrameLength);
        ArpPacket.Announcement(Ours, IpAddress.Parse("10.9.0.1"))
            .Write(frame, MacAddress.Broadcast, Ours);
        frame[offset] = value;

        Assert.False(ArpPacket.TryParse(frame, out _));
    }

    [Fact]
    public void A_packet_cut_short_is_none()
    {
        byte[] frame = Filled(ArpPacket.FrameLength);
        ArpPacket.Announcement(Ours, IpAddress.Parse("10.9.0.1"))
            .Write(frame, MacAddress.Broadcast, Ours);

        for (int length = 0; length < frame.Length; length++)
        {
            Assert.False(ArpPacket.TryParse(frame.AsSpan(0, length), out _));
        }
    }

    private static byte[] Filled(int length)
    {
        byte[] octets = new byte[length];
        Array.Fill(octets, PacketBuilder.Fill);
        return octets;
    }
}

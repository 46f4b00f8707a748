using System;
using System.Buffers.Binary;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>Outer packets of tunnels: made by the code under test, judged by hand.</summary>
internal static class OuterPacket
{
    public static readonly IpAddress Box = IpAddress.Parse("10.1.0.1");
    public static readonly IpAddress Server = IpAddress.Parse("10.1.0.13");
    public static readonly IpAddress BoxIpv6 = IpAddress.Parse("fd00:1::1");
    public static readonly IpAddress ServerIpv6 = IpAddress.Parse("fd00:1::d");

    public static byte[] Wrap(in TunnelSettings tunnel, bool overIpv4, byte[] inner)
    {
        int overhead = TunnelRewrite.Overhead(tunnel, overIpv4);
        byte[] packet = new byte[overhead + inner.Length];
        packet.AsSpan().Fill(PacketBuilder.Fill);
        inner.CopyTo(packet, overhead);
        TunnelRewrite.Wrap(
            packet,
            tunnel,
            overIpv4 ? Box : BoxIpv6,
            overIpv4 ? Server : ServerIpv6,
            TunnelRewrite.DontFragment(new(inner), honoursDontFragment: true),
            identification: 0xBEEF,
            sourcePort: 0xC299);
        return packet;
    }

    public static byte[] Inner(bool isIpv4, int length)
    {
        if (isIpv4)
        {
            return PacketBuilder.Udp("10.0.0.1:40001", "10.9.0.1:80").Payload(length).Build();
        }

        byte[] packet = new byte[40 + length];
        packet.AsSpan().Fill(PacketBuilder.Fill);
        packet[0] = 0x60;
        packet[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)length);
        return packet;
    }

    /// <summary>The outer packet's lengths and sums, told from its octets alone.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> packet)
    {
        bool isIpv4 = packet[0] >> 4 == 4;
        int length = isIpv4
            ? BinaryPrimitives.ReadUInt16BigEndian(packet[2..])
            : 40 + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (length != packet.Length)
        {
            return "length";
        }

        if (isIpv4 && SlowChecksum.Of(packet[..20]) != 0)
        {
            return "IPv4 header checksum";
        }

        ReadOnlySpan<byte> body = packet[(isIpv4 ? 20 : 40)..];
        byte protocol = packet[isIpv4 ? 9 : 6];
        if (protocol == 47)
        {
            return (body[0] & 0x80) == 0 || SlowChecksum.Of(body) == 0 ? null : "GRE checksum";
        }

        if (protocol != 17)
        {
            return null;
        }

        long sum = 17 + body.Length;
        foreach (byte[] pair in packet[(isIpv4 ? 12 : 8)..(isIpv4 ? 20 : 40)].ToArray().Chunk(2))
        {
            sum += (pair[0] * 256) + pair[1];
        }

        bool isSummed = body[6] != 0 || body[7] != 0;
        return BinaryPrimitives.ReadUInt16BigEndian(body[4..]) != body.Length ? "UDP length"
            : isSummed && SlowChecksum.Of(body, sum) != 0 ? "UDP checksum"
            : null;
    }
}

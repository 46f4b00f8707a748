using System;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Checksums of IPv4 and IPv6 packets and of what they carry, tunnels too, by the slow sum.
/// IPv6 extension headers do not occur in the recordings.
/// </summary>
internal static class PacketSums
{
    private const int Ipv6HeaderLength = 40;

    public static int HeaderLength(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 == 4 ? (packet[0] % 16) * 4 : Ipv6HeaderLength;

    public static byte Protocol(ReadOnlySpan<byte> packet) =>
        packet[0] >> 4 == 4 ? packet[9] : packet[6];

    /// <summary>What follows the IP header, without padding after the packet.</summary>
    public static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> packet)
    {
        int length = packet[0] >> 4 == 4
            ? (packet[2] * 256) + packet[3]
            : Ipv6HeaderLength + (packet[4] * 256) + packet[5];
        return packet[HeaderLength(packet)..length];
    }

    /// <summary>Over pseudo-header and body. RFC 9293 §3.1, RFC 8200 §8.1.</summary>
    public static ushort OfTransport(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> body = Body(packet);
        ReadOnlySpan<byte> addresses = packet[0] >> 4 == 4 ? packet[12..20] : packet[8..40];
        long sum = Protocol(packet) + body.Length;
        for (int index = 0; index < addresses.Length; index += 2)
        {
            sum += (addresses[index] * 256) + addresses[index + 1];
        }

        return SlowChecksum.Of(body, sum);
    }

    /// <summary>What is wrong with a packet's checksums; null when nothing is.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> packet)
    {
        bool isIpv4 = packet[0] >> 4 == 4;
        if (isIpv4 && SlowChecksum.Of(packet[..HeaderLength(packet)]) != 0)
        {
            return "IPv4 header checksum";
        }

        if (isIpv4 && ((packet[6] & 0x3F) != 0 || packet[7] != 0))
        {
            return null; // a fragment's sum is of the whole
        }

        ReadOnlySpan<byte> body = Body(packet);
        return Protocol(packet) switch
        {
            1 => SlowChecksum.Of(body) == 0 ? null : "ICMP checksum",
            6 => OfTransport(packet) == 0 ? null : "TCP checksum",
            17 when body[6] == 0 && body[7] == 0 => isIpv4 || IsGue(body) ? InUdp(body) : "no sum",
            17 => OfTransport(packet) == 0 ? InUdp(body) : "UDP checksum",
            4 or 41 => FaultOf(body),
            47 => InGre(body),
            58 => OfTransport(packet) == 0 ? null : "ICMPv6 checksum",
            _ => null,
        };
    }

    /// <summary>The recordings' port of GUE.</summary>
    public static bool IsGue(ReadOnlySpan<byte> datagram) =>
        (datagram[2] * 256) + datagram[3] == 6080;

    private static string? InUdp(ReadOnlySpan<byte> datagram) =>
        IsGue(datagram) ? FaultOf(Tunnelled.InGue(datagram)) : null;

    private static string? InGre(ReadOnlySpan<byte> body)
    {
        bool hasSum = (body[0] & 0x80) != 0;
        return hasSum && SlowChecksum.Of(body) != 0
            ? "GRE checksum"
            : FaultOf(Tunnelled.InGre(body));
    }
}

using System;

namespace Steelyard.Tests.Wire;

/// <summary>
/// The Internet checksum as RFC 1071 §1 words it, octet pair by octet pair: an oracle that shares
/// nothing with the code under test.
/// </summary>
internal static class SlowChecksum
{
    public static ushort Of(ReadOnlySpan<byte> octets, long sum = 0)
    {
        for (int index = 0; index < octets.Length; index += 2)
        {
            int low = index + 1 < octets.Length ? octets[index + 1] : 0;
            sum += (octets[index] * 256) + low;
        }

        while (sum > 0xFFFF)
        {
            sum = (sum % 0x10000) + (sum / 0x10000);
        }

        return (ushort)(0xFFFF - sum);
    }

    /// <summary>Over the pseudo-header of an IPv4 packet and its whole payload.</summary>
    public static ushort OfTransport(ReadOnlySpan<byte> packet)
    {
        int headerLength = (packet[0] % 16) * 4;
        int length = (packet[2] * 256) + packet[3] - headerLength;
        long sum = packet[9] + length;
        for (int index = 12; index < 20; index += 2)
        {
            sum += (packet[index] * 256) + packet[index + 1];
        }

        return Of(packet.Slice(headerLength, length), sum);
    }

    /// <summary>
    /// Over the pseudo-header of an IPv6 packet without extension headers and its whole payload.
    /// </summary>
    public static ushort OfIcmpv6(ReadOnlySpan<byte> packet)
    {
        long sum = 58 + packet.Length - 40;
        for (int index = 8; index < 40; index += 2)
        {
            sum += (packet[index] * 256) + packet[index + 1];
        }

        return Of(packet[40..], sum);
    }

    /// <summary>What is wrong with the checksums of an IPv4 packet; null when nothing is.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> packet)
    {
        int headerLength = (packet[0] % 16) * 4;
        if (Of(packet[..headerLength]) != 0)
        {
            return "IPv4 header checksum";
        }

        int length = (packet[2] * 256) + packet[3];
        bool isFragment = (packet[6] & 0x3F) != 0 || packet[7] != 0;
        if (isFragment)
        {
            return null;
        }

        ReadOnlySpan<byte> payload = packet[headerLength..length];
        return packet[9] switch
        {
            1 => Of(payload) == 0 ? null : "ICMP checksum",
            6 => OfTransport(packet) == 0 ? null : "TCP checksum",
            17 when payload[6] == 0 && payload[7] == 0 => null,
            17 => OfTransport(packet) == 0 ? null : "UDP checksum",
            _ => null,
        };
    }
}

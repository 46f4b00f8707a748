using System;

namespace Steelyard.Simulation;

/// <summary>
/// Checks the checksums of a frame by adding two octets at a time, as RFC 1071 §1 describes it,
/// and without a word of the code that wrote them.
/// </summary>
internal static class SlowSum
{
    /// <summary>Null when all is right, else what is not.</summary>
    /// <param name="transportMayBeWrong">It was wrong when it came in.</param>
    public static string? FindFault(ReadOnlySpan<byte> frame, bool transportMayBeWrong)
    {
        if (frame.Length < 34 || frame[12] != 8 || frame[13] != 0)
        {
            return null;
        }

        ReadOnlySpan<byte> packet = frame[14..];
        int headerLength = (packet[0] & 0xF) * 4;
        int length = (packet[2] << 8) | packet[3];
        if (length > packet.Length || headerLength < 20 || headerLength > length)
        {
            return "an IPv4 packet with impossible lengths";
        }

        packet = packet[..length];
        if (Sum(packet[..headerLength], 0) != 0xFFFF)
        {
            return "a wrong IPv4 header checksum";
        }

        ReadOnlySpan<byte> payload = packet[headerLength..];
        int protocol = packet[9];
        if (transportMayBeWrong)
        {
            return null;
        }

        int pseudo = Sum(packet.Slice(12, 8), protocol + payload.Length);
        return protocol switch
        {
            1 when Sum(payload, 0) != 0xFFFF => "a wrong ICMP checksum",
            6 when Sum(payload, pseudo) != 0xFFFF => "a wrong TCP checksum",
            17 when (payload[6] | payload[7]) != 0 && Sum(payload, pseudo) != 0xFFFF =>
                "a wrong UDP checksum",
            112 when Sum(payload, 0) != 0xFFFF && Sum(payload, pseudo) != 0xFFFF =>
                "a wrong VRRP checksum",
            _ => null,
        };
    }

    /// <summary>The checksum field's value for these octets.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> octets, int start) =>
        (ushort)(0xFFFF - Sum(octets, start));

    /// <summary>The folded sum.</summary>
    public static int Sum(ReadOnlySpan<byte> octets, int start)
    {
        int sum = start;
        for (int index = 0; index < octets.Length; index++)
        {
            sum += index % 2 == 0 ? octets[index] * 256 : octets[index];
            if (sum > 0xFFFF)
            {
                sum = (sum & 0xFFFF) + (sum >> 16);
            }
        }

        return sum > 0xFFFF ? (sum & 0xFFFF) + (sum >> 16) : sum;
    }
}

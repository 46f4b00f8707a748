using System;

namespace Steelyard.Tests.Golden;

/// <summary>The packet inside a tunnel's packet, found by hand.</summary>
internal static class Tunnelled
{
    /// <summary>
    /// The recordings' name of a tunnel, and what it carries; null for no tunnel.
    /// </summary>
    public static (string Kind, byte[] Packet)? In(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> body = PacketSums.Body(packet);
        return PacketSums.Protocol(packet) switch
        {
            4 or 41 => ("ipip", body.ToArray()),
            47 => ("gre", InGre(body).ToArray()),
            17 when PacketSums.IsGue(body) => ("gue", InGue(body).ToArray()),
            _ => null,
        };
    }

    /// <summary>RFC 2784 §2: four octets, and four more with a checksum.</summary>
    public static ReadOnlySpan<byte> InGre(ReadOnlySpan<byte> body) =>
        body[((body[0] & 0x80) != 0 ? 8 : 4)..];

    /// <summary>
    /// After UDP four octets, whose low five bits of the first count further words.
    /// </summary>
    public static ReadOnlySpan<byte> InGue(ReadOnlySpan<byte> datagram) =>
        datagram[(8 + 4 + ((datagram[8] & 0x1F) * 4))..];
}

using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An echo request becomes its own reply, in place. RFC 1122 §3.2.2.6; RFC 4443 §4.2.
/// </summary>
internal static class EchoReply
{
    private const byte HopLimit = 64;
    private const int Ipv6HopLimitOffset = 7;

    /// <summary>Turns the packet round; the checksum of the request was right.</summary>
    public static void TurnRound(in IpPacket packet, in IcmpMessage message, ushort identification)
    {
        IpAddress asked = packet.Destination;
        packet.ReplaceDestination(packet.Source, isHop: false);
        packet.ReplaceSource(asked, isHop: false);
        if (!packet.IsIpv4)
        {
            packet.Octets[Ipv6HopLimitOffset] = HopLimit;
            message.TypeIpv6 = Icmpv6Type.EchoReply;
            message.RewriteChecksum(packet.PseudoHeader(message.Octets.Length));
            return;
        }

        Ipv4Packet header = packet.Ipv4;
        header.TimeToLive = HopLimit;
        header.Identification = identification;
        header.FragmentWord = 0;

        // What the options said was about the way here: they end at once.
        header.Options.Clear();
        header.RewriteChecksum();
        message.Type = IcmpType.EchoReply;
        message.RewriteChecksum();
    }

    /// <summary>The untagged frame of the reply goes back to the station that asked.</summary>
    public static Span<byte> Address(in Arrival arrival, in IpPacket packet)
    {
        MacAddress sender = arrival.Sender;
        MacAddress station = arrival.Station;
        Span<byte> frame = arrival.Frame.Slice(
            arrival.PacketOffset - EthernetFrame.HeaderLength,
            EthernetFrame.HeaderLength + packet.TotalLength);
        EthernetFrame.Write(
            frame, sender, station, packet.IsIpv4 ? EtherType.Ipv4 : EtherType.Ipv6);
        return frame;
    }
}

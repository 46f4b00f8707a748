using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>An echo request becomes its own reply, in place. RFC 1122 §3.2.2.6.</summary>
internal static class EchoReply
{
    private const byte TimeToLive = 64;

    /// <summary>Turns the packet round; the checksum of the request was right.</summary>
    public static void TurnRound(
        Ipv4Packet packet, IcmpMessage message, ushort identification)
    {
        (packet.Source, packet.Destination) = (packet.Destination, packet.Source);
        packet.TimeToLive = TimeToLive;
        packet.Identification = identification;
        packet.FragmentWord = 0;

        // What the options said was about the way here: they end at once.
        packet.Options.Clear();
        packet.RewriteChecksum();
        message.Type = IcmpType.EchoReply;
        message.RewriteChecksum();
    }

    /// <summary>The untagged frame of the reply goes back to the station that asked.</summary>
    public static Span<byte> Address(in Arrival arrival, Ipv4Packet packet)
    {
        MacAddress sender = arrival.Sender;
        MacAddress station = arrival.Station;
        Span<byte> frame = arrival.Frame.Slice(
            arrival.PacketOffset - EthernetFrame.HeaderLength,
            EthernetFrame.HeaderLength + packet.TotalLength);
        EthernetFrame.Write(frame, sender, station, EtherType.Ipv4);
        return frame;
    }
}

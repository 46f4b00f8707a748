using System;
using System.Globalization;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>Names frames for the trace.</summary>
internal static class FrameWords
{
    public static string Describe(ReadOnlySpan<byte> octets)
    {
        byte[] copy = octets.ToArray();
        if (!EthernetFrame.TryParse(copy, out EthernetFrame frame))
        {
            return $"{octets.Length} octets";
        }

        string stations = $"{Short(frame.Source)}>{Short(frame.Destination)}";
        if (ArpPacket.TryParse(copy, out ArpPacket arp))
        {
            return arp.IsGratuitous
                ? $"{stations} arp {arp.SenderAddress} is at {Short(arp.SenderHardware)}"
                : $"{stations} arp {arp.Operation} {arp.SenderAddress} {arp.TargetAddress}";
        }

        if (!Ipv4Packet.TryParse(frame.Payload, out Ipv4Packet packet))
        {
            return $"{stations} type {(int)frame.Type:x4}";
        }

        return $"{stations} {Describe(packet)}";
    }

    private static string Describe(Ipv4Packet packet)
    {
        IpAddress source = IpAddress.FromIpv4(packet.Source);
        IpAddress destination = IpAddress.FromIpv4(packet.Destination);
        if (packet.Protocol == IpProtocol.Vrrp
            && VrrpAdvertisement.TryParse(
                packet.Payload, source, destination, packet.TimeToLive,
                out VrrpAdvertisement advert, out _))
        {
            return $"vrrp {source} vrid {advert.VirtualRouterId} priority {advert.Priority}";
        }

        if (packet.Protocol == IpProtocol.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"tcp {source}:{segment.SourcePort} {destination}:{segment.DestinationPort} "
                + $"[{segment.Flags}] seq {segment.SequenceNumber} "
                + $"ack {segment.AcknowledgmentNumber}");
        }

        return $"{packet.Protocol} {source} {destination}";
    }

    private static string Short(MacAddress address) => address == MacAddress.Broadcast
        ? "all"
        : $"{(address.Bits >> 40) & 0xFF:x2}..{address.Bits & 0xFFFF:x4}";
}

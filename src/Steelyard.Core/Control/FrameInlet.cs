using System;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control;

/// <summary>Frames that control hears, each to the room that it is for.</summary>
internal sealed class FrameInlet(NetworkControl network, RouterControl routers)
{
    public void OnFrame(int interfaceIndex, Span<byte> frame, Instant now)
    {
        if (!EthernetFrame.TryParse(frame, out EthernetFrame ethernet))
        {
            return;
        }

        switch (ethernet.Type)
        {
            case EtherType.Arp when ArpPacket.TryParse(frame, out ArpPacket arp):
                network.OnArp(interfaceIndex, arp, now);
                _ = routers.TryAnswer(interfaceIndex, arp);
                break;
            case EtherType.Ipv4 when Ipv4Packet.TryParse(ethernet.Payload, out Ipv4Packet packet)
                && packet.Protocol == IpProtocol.Vrrp:
                routers.OnAdvertisement(interfaceIndex, packet, now);
                break;
            case EtherType.Ipv6 when Ipv6Packet.TryParse(ethernet.Payload, out Ipv6Packet packet):
                OnIpv6(interfaceIndex, ethernet.Source, packet, now);
                break;
        }
    }

    private void OnIpv6(
        int interfaceIndex, MacAddress sender, in Ipv6Packet packet, Instant now)
    {
        if (packet.NextHeader == IpProtocol.Vrrp)
        {
            routers.OnAdvertisement(interfaceIndex, packet, now);
        }
        else if (network.TryReadDiscovery(packet, out NeighbourDiscovery message))
        {
            network.OnDiscovery(interfaceIndex, message, now);
            _ = routers.TryAnswer(interfaceIndex, message, sender);
        }
    }
}

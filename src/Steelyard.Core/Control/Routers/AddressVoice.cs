using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Routers;

/// <summary>
/// Speaks for the virtual addresses that this box holds, in ARP and in Neighbour Discovery: answers
/// who asks for one, and tells everyone when one has come here.
/// </summary>
internal sealed class AddressVoice(IControlEffects effects, AddressHolder holder)
{
    /// <summary>Answers for an address that is held here, with the router's station.</summary>
    public bool TryAnswer(int interfaceIndex, in ArpPacket request)
    {
        if (request.Operation != ArpOperation.Request
            || request.IsGratuitous
            || !holder.TryFind(interfaceIndex, request.TargetAddress, out MacAddress station))
        {
            return false;
        }

        Span<byte> frame = stackalloc byte[ArpPacket.FrameLength];
        int length = request.ReplyFrom(station).Write(frame, request.SenderHardware, station);
        effects.SendFrame(interfaceIndex, frame[..length]);
        return true;
    }

    /// <summary>
    /// The same for a solicitation (RFC 9568 §8.2.2); a probe for a duplicate is answered to
    /// everyone, so that the newcomer leaves the address alone (RFC 4862 §5.4.3).
    /// </summary>
    /// <param name="sender">The station that sent the frame, if the message names none.</param>
    public bool TryAnswer(int interfaceIndex, in NeighbourDiscovery request, MacAddress sender)
    {
        if (request.Message != NeighbourMessage.Solicitation
            || !holder.TryFind(interfaceIndex, request.Target, out MacAddress station))
        {
            return false;
        }

        NeighbourDiscovery reply = request.ReplyFrom(station);
        Send(
            interfaceIndex,
            reply,
            reply.Destination.IsMulticast
                ? MacAddress.OfGroup(reply.Destination)
                : request.Station ?? sender,
            station);
        return true;
    }

    /// <summary>Gratuitous ARP, or an advertisement that nobody asked for.</summary>
    public void Announce(int interfaceIndex, MacAddress station, IpAddress address)
    {
        if (!address.IsIpv4)
        {
            NeighbourDiscovery announcement = NeighbourDiscovery.Announcement(station, address);
            Send(
                interfaceIndex,
                announcement,
                MacAddress.OfGroup(announcement.Destination),
                station);
            return;
        }

        Span<byte> frame = stackalloc byte[ArpPacket.FrameLength];
        int length = ArpPacket.Announcement(station, address)
            .Write(frame, MacAddress.Broadcast, station);
        effects.SendFrame(interfaceIndex, frame[..length]);
    }

    private void Send(
        int interfaceIndex,
        in NeighbourDiscovery message,
        MacAddress destination,
        MacAddress station)
    {
        Span<byte> frame = stackalloc byte[NeighbourDiscovery.LongestFrameLength];
        int length = message.Write(frame, destination, station);
        effects.SendFrame(interfaceIndex, frame[..length]);
    }
}

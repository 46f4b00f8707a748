using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An ICMP error about a masqueraded packet reaches the end that sent it: outside and inside, the
/// addresses become those that this end knows. RFC 3022 §4.3; RFC 5508 §4.
/// </summary>
internal static class IcmpRelay
{
    /// <summary>About a server's packet as the client saw it: from the virtual address.</summary>
    public static void ToServer(
        Ipv4Packet packet, IcmpMessage message, QuotedPacket quoted, in Endpoint server)
    {
        uint before = packet.Destination;
        packet.Destination = server.Address.Ipv4;
        quoted.RewriteSource(server.Address.Ipv4, server.Port);
        Finish(packet, message, before, server.Address.Ipv4);
    }

    /// <summary>
    /// About a client's packet as the server saw it: to the server's own address.
    /// </summary>
    public static void ToClient(
        Ipv4Packet packet, IcmpMessage message, QuotedPacket quoted, in Endpoint virtualEnd)
    {
        // A router behind the server is hidden too: the client knows the virtual address alone.
        uint before = packet.Source;
        packet.Source = virtualEnd.Address.Ipv4;
        quoted.RewriteDestination(virtualEnd.Address.Ipv4, virtualEnd.Port);
        Finish(packet, message, before, virtualEnd.Address.Ipv4);
    }

    private static void Finish(
        Ipv4Packet packet, IcmpMessage message, uint before, uint after)
    {
        packet.DecrementTimeToLive(InternetChecksum.Difference(before, after));
        message.RewriteChecksum();
    }
}

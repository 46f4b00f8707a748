using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An ICMP error about a translated packet reaches the end that sent it: outside and inside, the
/// addresses become those that this end knows. RFC 3022 §4.3; RFC 5508 §4.
/// </summary>
internal static class IcmpRelay
{
    /// <summary>About a server's packet as the client saw it: from the virtual address.</summary>
    /// <param name="server">The server's own end.</param>
    /// <param name="peer">Whom the server believes to talk to.</param>
    public static void ToServer(
        in IpPacket packet,
        in IcmpMessage message,
        in QuotedPacket quoted,
        in Endpoint server,
        in Endpoint peer)
    {
        packet.ReplaceDestination(server.Address, isHop: true);
        quoted.RewriteSource(server);
        if (quoted.Destination != peer.Address
            || (quoted.HasPorts && quoted.DestinationPort != peer.Port))
        {
            // With full NAT the server has never heard of the client.
            quoted.RewriteDestination(peer);
            packet.ReplaceSource(peer.Address, isHop: false);
        }

        Finish(packet, message);
    }

    /// <summary>
    /// About a client's packet as the server saw it: to the server's own address.
    /// </summary>
    public static void ToClient(
        in IpPacket packet,
        in IcmpMessage message,
        in QuotedPacket quoted,
        in Endpoint virtualEnd,
        in Endpoint client)
    {
        // A router behind the server is hidden too: the client knows the virtual address alone.
        packet.ReplaceSource(virtualEnd.Address, isHop: true);
        quoted.RewriteDestination(virtualEnd);
        if (quoted.Source != client.Address
            || (quoted.HasPorts && quoted.SourcePort != client.Port))
        {
            quoted.RewriteSource(client);
            packet.ReplaceDestination(client.Address, isHop: false);
        }

        Finish(packet, message);
    }

    private static void Finish(in IpPacket packet, in IcmpMessage message) =>
        message.RewriteChecksum(
            packet.IsIpv4 ? 0 : packet.PseudoHeader(message.Octets.Length));
}

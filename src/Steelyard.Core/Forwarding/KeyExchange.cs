using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// AH and ESP have no ports that we could read: their packets follow the key exchange of the same
/// two ends, and open nothing themselves, as with LVS. RFC 4302; RFC 4303; RFC 7296 §2.
/// </summary>
internal sealed class KeyExchange(Engine engine, Relay relay)
{
    /// <summary>Where both ends of a key exchange are. RFC 7296 §2.</summary>
    private const ushort Port = 500;

    /// <summary>The packets of a protocol follow a key exchange.</summary>
    public static bool Leads(IpProtocol protocol) =>
        protocol is IpProtocol.EncapsulatingSecurity or IpProtocol.Authentication;

    /// <summary>The flow of the exchange that a packet between two hosts follows.</summary>
    public static FlowKey FlowOf(IpAddress source, IpAddress destination) =>
        new(TransportProtocol.Udp, new(source, Port), new(destination, Port));

    /// <summary>A packet of AH or ESP; false when there is no exchange that it follows.</summary>
    public bool TryCarry(in Arrival arrival, in IpPacket packet, out DropReason reason)
    {
        reason = DropReason.None;
        FlowKey flow = FlowOf(packet.Source, packet.Destination);
        ConnectionTable connections = engine.Connections;
        int handle = connections.Find(
            flow.Protocol, flow.Client, flow.Virtual, out FlowDirection direction);
        if (handle < 0 || !MayFollow(connections[handle].Method))
        {
            return false;
        }

        RealServer server = connections.Server(handle);
        bool isFromClient = direction == FlowDirection.FromClient;
        if (isFromClient && server.IsRemoved)
        {
            reason = DropReason.ServerRemoved;
            return true;
        }

        Traffic.Count(arrival, packet, server, direction);
        _ = connections.OnUdp(handle, direction, arrival.Now);
        reason = isFromClient && !connections[handle].SeesServer
            ? relay.ToServer(arrival, packet, handle, server)
            : Translate(arrival, packet, handle, isFromClient);
        return true;
    }

    // The box's own ports stand for clients with full NAT, and its kernel has the keys of its own
    // processes: without ports nothing tells whose such a packet is.
    private static bool MayFollow(ForwardingMethod method) => method
        is ForwardingMethod.Nat or ForwardingMethod.Direct or ForwardingMethod.Tunnel;

    /// <summary>
    /// Only an address changes. ESP in tunnel mode lives with that; AH signs the address, and its
    /// receiver will refuse it. RFC 3715 §2.1.
    /// </summary>
    private DropReason Translate(
        in Arrival arrival, in IpPacket packet, int handle, bool isFromClient)
    {
        IpAddress next = isFromClient
            ? engine.Connections.Reach(handle).Address
            : engine.Connections[handle].Client.Address;
        DropReason reason = relay.TryPass(arrival, packet, next, isHop: true, out int hop);
        if (reason != DropReason.None)
        {
            return reason;
        }

        _ = isFromClient
            ? packet.ReplaceDestination(next, isHop: true)
            : packet.ReplaceSource(engine.Connections[handle].Virtual.Address, isHop: true);
        return relay.Emit(arrival, packet, hop);
    }
}

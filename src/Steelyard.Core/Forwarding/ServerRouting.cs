using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What a server sends that belongs to no connection goes on as it is: the box is its gateway, as
/// a director with LVS is. Nobody else is routed.
/// </summary>
internal sealed class ServerRouting(Engine engine, Relay relay)
{
    /// <summary>A TCP, UDP or SCTP packet of no connection, and not for us.</summary>
    public DropReason Route(
        in Arrival arrival, in IpPacket packet, in FlowKey flow, in TransportHeader header)
    {
        bool isReset = (header.Flags & TcpFlags.Reset) != 0;
        if (engine.Settings.NatIcmpSend && !isReset && engine.Services.Book.Listens(flow.Client))
        {
            // Its connection is gone, and it may as well hear of it.
            relay.TellServer(arrival, packet, IcmpReason.PortUnreachable(packet.IsIpv4));
            return DropReason.NoConnection;
        }

        return Route(arrival, packet);
    }

    /// <summary>
    /// The answer to a lone datagram, of which no connection is left; false when it is none.
    /// </summary>
    public bool IsAnswer(
        in Arrival arrival, in IpPacket packet, in FlowKey flow, out DropReason reason)
    {
        reason = DropReason.None;
        if (engine.Services.Book.FindOnePacket(flow.Protocol, flow.Client) is not { } alone)
        {
            return false;
        }

        ServiceKey key = alone.Service!.Key;
        reason = relay.Answer(arrival, packet, alone, new(key.Address, key.Port));
        return true;
    }

    /// <summary>Any packet that is not for us.</summary>
    public DropReason Route(in Arrival arrival, in IpPacket packet) =>
        engine.Services.Book.IsServer(packet.Source)
        && engine.Departures.LeadsTo(packet.Source, arrival.Port)
            ? relay.Pass(arrival, packet)
            : DropReason.NotRouted;
}

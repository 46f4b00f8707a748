using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What a server sends that belongs to no connection goes on as it is: the box is its gateway, as
/// a director with LVS is. Nobody else is routed.
/// </summary>
internal sealed class ServerRouting(Engine engine, Relay relay)
{
    public DropReason Route(
        in Arrival arrival, IpPacket packet, in FlowKey flow, in TransportHeader header)
    {
        if (!engine.Services.Book.IsServer(flow.Client.Address))
        {
            return DropReason.NotRouted;
        }

        bool isReset = (header.Flags & TcpFlags.Reset) != 0;
        if (engine.Settings.NatIcmpSend && !isReset && engine.Services.Book.Listens(flow.Client))
        {
            // Its connection is gone, and it may as well hear of it.
            relay.TellServer(arrival, packet, IcmpReason.PortUnreachable(packet.IsIpv4));
            return DropReason.NoConnection;
        }

        return relay.Pass(arrival, packet);
    }
}

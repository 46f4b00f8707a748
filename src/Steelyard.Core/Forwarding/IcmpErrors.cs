using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// An ICMP error about a packet that we sent on: it is for the end that sent that packet, which
/// knows it by other addresses.
/// </summary>
internal sealed class IcmpErrors(Engine engine)
{
    private readonly Relay _relay = new(engine);

    public DropReason Handle(
        in Arrival arrival, IpPacket packet, IcmpMessage message, QuotedPacket quoted)
    {
        // The connection is that of a packet which goes the other way.
        Endpoint source = new(quoted.Destination, quoted.DestinationPort);
        Endpoint destination = new(quoted.Source, quoted.SourcePort);
        int handle = engine.Connections.Find(
            (TransportProtocol)quoted.Protocol, source, destination, out FlowDirection direction);

        // The error is for the end that sent the quoted packet, else it is not about it.
        return handle >= 0 && packet.Destination == quoted.Source
            ? _relay.Icmp(arrival, packet, message, quoted, handle, direction)
            : DropReason.IcmpUnrelated;
    }
}

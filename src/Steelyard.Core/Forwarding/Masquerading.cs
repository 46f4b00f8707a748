using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Hosts behind the box open connections to the world under one of its addresses. In the table
/// such a connection stands as the world sees it: the far end is the client, our address the
/// virtual one, the host behind it the server. RFC 3022 §2.2.
/// </summary>
internal sealed class Masquerading(Engine engine)
{
    /// <summary>Makes a connection to the world, or says why not.</summary>
    public DropReason Open(
        in Arrival arrival,
        in FlowKey flow,
        in TransportHeader header,
        MasqueradeRule rule,
        out int handle)
    {
        handle = -1;
        if (header.Protocol != TransportProtocol.Udp && !header.Begins)
        {
            return DropReason.NoConnection;
        }

        if (!PortLender.TryLend(
            engine, flow.Protocol, rule.Address, flow.Virtual, flow.Client.Port, out Endpoint own))
        {
            return DropReason.PortsExhausted;
        }

        MasqueradeHosts? hosts = engine.MasqueradeHosts;
        if (hosts?.Find(flow.Client.Address) is not { } host)
        {
            engine.Counters.HostsRefused++;
            return DropReason.ConnectionTableFull;
        }

        NewConnection wanted = new()
        {
            Flow = new(flow.Protocol, flow.Virtual, own),
            Server = host,
            Method = ForwardingMethod.Nat,
            ServerPort = flow.Client.Port,
        };
        handle = engine.Connections.Create(hosts.Service, wanted, arrival.Now);
        return handle < 0 ? engine.RefuseConnection() : DropReason.None;
    }

    /// <summary>The rule for a packet; null when there is none.</summary>
    public MasqueradeRule? RuleOf(in Arrival arrival, in FlowKey flow)
    {
        foreach (MasqueradeRule rule in engine.Masquerades)
        {
            if (rule.Source.Contains(flow.Client.Address)
                && !rule.Source.Contains(flow.Virtual.Address)
                && engine.Held.Contains(rule.Address)
                && engine.Departures.LeadsTo(flow.Client.Address, arrival.Port))
            {
                return rule;
            }
        }

        return null;
    }
}

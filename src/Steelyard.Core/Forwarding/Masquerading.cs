using System.Collections.Generic;
using Steelyard.Core.Connections;
using Steelyard.Core.Scheduling;
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
    // Hosts behind one box that have connections at one time.
    private const int MostHosts = 4096;

    // How far the search for a host without connections goes when all places are taken.
    private const int SearchSteps = 64;

    private readonly Dictionary<IpAddress, RealServer> _hosts = new(MostHosts);
    private readonly Queue<RealServer> _order = new(MostHosts);
    private readonly VirtualService _service = new(default, new RoundRobin());

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

        RealServer? host = HostOf(flow.Client.Address);
        if (host is null)
        {
            return DropReason.ConnectionTableFull;
        }

        NewConnection wanted = new()
        {
            Flow = new(flow.Protocol, flow.Virtual, own),
            Server = host,
            Method = ForwardingMethod.Nat,
            ServerPort = flow.Client.Port,
        };
        handle = engine.Connections.Create(_service, wanted, arrival.Now);
        return handle < 0 ? DropReason.ConnectionTableFull : DropReason.None;
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

    private RealServer? HostOf(IpAddress address)
    {
        if (_hosts.TryGetValue(address, out RealServer? host))
        {
            return host;
        }

        if (_hosts.Count == MostHosts && !TryForgetOne())
        {
            return null;
        }

        host = new RealServer(new(address, 0), ForwardingMethod.Nat, weight: 1)
        {
            Service = _service,
        };
        _hosts.Add(address, host);
        _order.Enqueue(host);
        return host;
    }

    /// <summary>Makes room by a host whose connections have all ended.</summary>
    private bool TryForgetOne()
    {
        for (int step = 0; step < SearchSteps; step++)
        {
            RealServer eldest = _order.Dequeue();
            if (!eldest.HasConnections)
            {
                return _hosts.Remove(eldest.Endpoint.Address);
            }

            _order.Enqueue(eldest);
        }

        return false;
    }
}

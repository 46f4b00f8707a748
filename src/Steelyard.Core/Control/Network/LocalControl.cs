using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Network;

/// <summary>
/// Real servers that are processes on the box: which they are, how they are reached, and what the
/// link to them must be like. The engine hears of the link when it is there.
/// </summary>
internal sealed class LocalControl(IControlEffects effects, NetworkControl network)
{
    // Where no other interface says more. RFC 894.
    private const int EthernetMtu = 1500;

    private readonly IpAddress[] _virtual = new IpAddress[LocalLink.LargestAddressCount];
    private LocalNode _sent;

    public LocalPlan Plan { get; private set; } = LocalPlan.Nothing;

    /// <summary>
    /// Whether a real server's address is on the box, and under which other address its process is
    /// reached; none for its own.
    /// </summary>
    /// <param name="isVirtual">It is a virtual router's.</param>
    public bool Contains(IpAddress server, bool isVirtual, out IpAddress standIn)
    {
        standIn = default;
        if (network.IsOwn(server))
        {
            return true;
        }

        standIn = isVirtual ? StandInOf(server) : default;
        return isVirtual;
    }

    /// <summary>Services, or the box's addresses, have changed.</summary>
    public void Follow(IReadOnlyList<ServiceEntry> services, Func<IpAddress, bool> isVirtual)
    {
        HashSet<IpAddress> used = [];
        SortedSet<IpAddress> standIns = [];
        List<LocalServer> servers = [];
        foreach (ServiceEntry service in services)
        {
            foreach (ServerEntry server in service.All)
            {
                Endpoint endpoint = server.Config.Endpoint;
                if (NetworkControl.IsLoopback(endpoint.Address)
                    || !Contains(
                        endpoint.Address, isVirtual(endpoint.Address), out IpAddress other))
                {
                    // Nothing comes to a loopback address from a link. RFC 1122 §3.2.1.3.
                    continue;
                }

                _ = used.Add(endpoint.Address);
                if (!other.IsNone)
                {
                    _ = standIns.Add(other);
                }
                else
                {
                    servers.Add(new(service.Service.Key.Protocol, endpoint));
                    if (IsFtp(service.Service.Key.Protocol, endpoint))
                    {
                        // From there it opens data connections. RFC 959 §3.2.
                        servers.Add(new(
                            TransportProtocol.Tcp, endpoint with { Port = FtpPorts.Data }));
                    }
                }
            }
        }

        for (int number = 0; number < _virtual.Length; number++)
        {
            _virtual[number] = used.Contains(_virtual[number]) ? _virtual[number] : default;
        }

        Plan = used.Count == 0
            ? LocalPlan.Nothing
            : new(true, [.. servers.Distinct()], [.. standIns], LargestMtu());
        TellEngine();
    }

    /// <summary>Ports have been opened: they are told what was said before they came.</summary>
    public void OnPortsChanged()
    {
        if (_sent.InterfaceIndex != 0)
        {
            effects.AcceptStation(_sent.InterfaceIndex, LocalLink.EngineStation, accepts: true);
        }
    }

    private static bool IsFtp(TransportProtocol protocol, in Endpoint endpoint) =>
        protocol == TransportProtocol.Tcp && endpoint.Port == FtpPorts.Control;

    /// <summary>The address that stands for a virtual one, and goes on doing so.</summary>
    private IpAddress StandInOf(IpAddress server)
    {
        int number = Array.IndexOf(_virtual, server);
        number = number >= 0 ? number : Array.IndexOf(_virtual, default(IpAddress));
        if (number < 0)
        {
            return default;
        }

        _virtual[number] = server;
        return LocalLink.StandIn(number, server.IsIpv4);
    }

    /// <summary>A client's largest packet must fit.</summary>
    private int LargestMtu()
    {
        int mtu = 0;
        foreach (InterfaceState state in network.Picture.Interfaces)
        {
            bool isOther = state.Name is not (LocalLink.KernelSide or LocalLink.EngineSide)
                && !state.HardwareAddress.IsZero;
            mtu = isOther ? int.Max(mtu, state.MaximumTransmissionUnit) : mtu;
        }

        return mtu == 0 ? EthernetMtu : mtu;
    }

    private void TellEngine()
    {
        LocalNode node = Plan.IsWanted
            && network.Find(LocalLink.EngineSide) is InterfaceState engine
            && network.Find(LocalLink.KernelSide) is InterfaceState kernel
                ? new(engine.Index, LocalLink.KernelAddress(true), kernel.HardwareAddress)
                : default;
        if (node == _sent)
        {
            return;
        }

        foreach (bool isIpv4 in (ReadOnlySpan<bool>)[true, false])
        {
            IpAddress own = LocalLink.EngineAddress(isIpv4);
            if (_sent.InterfaceIndex != 0)
            {
                Send(new ReleaseAddress(_sent.InterfaceIndex, own));
            }

            if (node.InterfaceIndex != 0)
            {
                Send(new HoldAddress(node.InterfaceIndex, own, LocalLink.EngineStation));
            }
        }

        _sent = node;
        Send(new SetLocalNode(node));
        OnPortsChanged();
    }

    private void Send(IEngineCommand command)
    {
        if (!effects.TryCommand(command))
        {
            throw new InvalidOperationException("the engine takes no commands any more");
        }
    }
}

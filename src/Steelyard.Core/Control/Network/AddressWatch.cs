using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Routing;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Network;

/// <summary>
/// Compares the kernel's addresses and routes with the virtual addresses, which are the engine's.
/// One that the kernel has too, it answers for: under the interface's own station, and on a BACKUP
/// as well. Who owns the addresses (priority 255) may have them. RFC 9568 §6.1.
/// </summary>
internal sealed class AddressWatch(IControlEffects effects, StandingWarnings warnings)
{
    private const string Room = "addresses";

    private readonly List<Fault> _faults = [];
    private ApplianceConfig _config = ApplianceConfig.Empty;

    /// <summary>The kernel holds a virtual address.</summary>
    public bool HasHeld => _faults.Exists(fault => fault.Severity == EventSeverity.Error);

    /// <summary>The box may not speak from it: it is the virtual router's, not the box's.</summary>
    public bool IsVirtual(IpAddress address) => RouterOf(address) is not null;

    public void Configure(ApplianceConfig config) => _config = config;

    /// <summary>Looks at the kernel anew: says what is wrong once, and once that it is mended.
    /// </summary>
    public void Look(NetworkPicture picture)
    {
        List<Fault> found = [.. Find(picture)];
        foreach (Fault gone in _faults.Except(found))
        {
            effects.Report(new BoxEvent(
                EventSeverity.Information, "address", gone.Router, $"mended: {gone.What}"));
        }

        foreach (Fault fault in found.Except(_faults))
        {
            Report(fault);
        }

        _faults.Clear();
        _faults.AddRange(found);
        warnings.Set(Room, [.. found.Select(fault => fault.Sentence)]);
    }

    /// <summary>A router is MASTER now: what is wrong with its addresses matters most.</summary>
    public void OnOffice(string router)
    {
        foreach (Fault fault in _faults.Where(fault => fault.Router == router))
        {
            Report(fault);
        }
    }

    private void Report(Fault fault) => effects.Report(
        new BoxEvent(fault.Severity, "address", fault.Router, fault.Sentence));

    private IEnumerable<Fault> Find(NetworkPicture picture)
    {
        foreach (InterfaceState state in picture.Interfaces)
        {
            foreach (IpPrefix own in state.Addresses)
            {
                if (RouterOf(own.Address) is VirtualRouterConfig router)
                {
                    string protocol = own.Address.IsIpv4 ? "ARP" : "Neighbour Discovery";
                    yield return new Fault(
                        EventSeverity.Error,
                        router.Name,
                        $"the kernel holds {own.Address}, a virtual address of {router.Name}, "
                            + $"on {state.Name}",
                        $"it answers {protocol} for it whoever is MASTER; take it away: "
                            + $"ip addr del {own} dev {state.Name}");
                }
            }
        }

        foreach (RouteEntry route in picture.Routes)
        {
            if (route.Gateway is IpAddress gateway
                && RouterOf(gateway) is VirtualRouterConfig router
                && picture.Find(route.InterfaceIndex) is InterfaceState state)
            {
                yield return new Fault(
                    EventSeverity.Warning,
                    router.Name,
                    $"the route to {route.Destination} leads through {gateway}, a virtual "
                        + $"address of {router.Name}",
                    "as MASTER this box is its own gateway; name another one: "
                        + $"ip route del {route.Destination} via {gateway} dev {state.Name}");
            }
        }
    }

    private VirtualRouterConfig? RouterOf(IpAddress address)
    {
        foreach (VirtualRouterConfig router in _config.VirtualRouters)
        {
            if (!router.IsOwner && router.Holds(address))
            {
                return router;
            }
        }

        return null;
    }

    /// <param name="Router">Whose address it is.</param>
    /// <param name="What">What is wrong.</param>
    /// <param name="Mend">What comes of it, and the command that mends it.</param>
    private sealed record Fault(EventSeverity Severity, string Router, string What, string Mend)
    {
        public string Sentence => $"{What}: {Mend}";
    }
}

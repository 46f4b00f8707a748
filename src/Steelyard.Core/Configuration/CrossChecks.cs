using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// What no block can see alone: doubles, and services whose address nobody holds.
/// </summary>
internal static class CrossChecks
{
    /// <summary>
    /// Each virtual router has a station address of its own, and an interface's packet filter
    /// compares every frame with all of them: so many, as a port promises.
    /// </summary>
    private const int MaximumRoutersPerInterface = 32;

    public static void Run(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers,
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers,
        FaultList faults)
    {
        CheckRouters(routers, faults);
        CheckRouterCount(routers, faults);
        CheckSources(routers, faults);
        CheckServices(servers, faults);
        CheckHolders(routers, servers, faults);
    }

    private static void CheckRouters(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers, FaultList faults)
    {
        Dictionary<(string, byte, bool), string> identifiers = [];
        Dictionary<IpAddress, string> addresses = [];
        foreach ((Word name, VirtualRouterConfig router) in routers)
        {
            // RFC 9568 §5.2.3: the routers of the two families are different ones.
            (string, byte, bool) key =
                (router.Interface, router.VirtualRouterId, router.IsIpv6);
            if (!identifiers.TryAdd(key, router.Name))
            {
                faults.Error(
                    name.Position,
                    $"virtual_router_id {router.VirtualRouterId} on {router.Interface} "
                    + $"is that of vrrp_instance {Shown.Text(identifiers[key])}, too");
            }

            foreach (IpPrefix prefix in router.Addresses.Concat(router.ExcludedAddresses))
            {
                if (!addresses.TryAdd(prefix.Address, router.Name))
                {
                    faults.Error(
                        name.Position,
                        $"{prefix.Address} belongs to vrrp_instance "
                        + $"{Shown.Text(addresses[prefix.Address])}, too");
                }
            }
        }
    }

    /// <summary>A virtual address is nobody's own.</summary>
    private static void CheckSources(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers, FaultList faults)
    {
        HashSet<IpAddress> held = [.. Held(routers.Where(bound => !bound.Router.IsOwner))];
        foreach ((Word name, VirtualRouterConfig router) in routers)
        {
            if (router.SourceAddress is IpAddress source
                && !router.IsOwner
                && held.Contains(source))
            {
                faults.Warning(
                    name.Position,
                    $"the source address {source} is a virtual one: adverts leave from the first "
                    + $"address of {router.Interface} instead");
            }
        }
    }

    private static void CheckRouterCount(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers, FaultList faults)
    {
        var tooMany = routers
            .GroupBy(bound => bound.Router.Interface)
            .SelectMany(wire => wire.Skip(MaximumRoutersPerInterface));
        foreach ((Word name, VirtualRouterConfig router) in tooMany)
        {
            faults.Error(
                name.Position,
                $"{router.Interface} has {MaximumRoutersPerInterface} vrrp_instance already: "
                + "one interface can serve no more");
        }
    }

    private static void CheckServices(
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers, FaultList faults)
    {
        HashSet<ServiceKey> keys = [];
        foreach ((Word name, VirtualServerConfig server) in servers)
        {
            if (!keys.Add(server.Key))
            {
                faults.Error(name.Position, $"there are two virtual_server {server.Key}");
            }
        }
    }

    private static void CheckHolders(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers,
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers,
        FaultList faults)
    {
        HashSet<IpAddress> held = [.. Held(routers)];
        foreach ((Word name, VirtualServerConfig server) in servers)
        {
            if (server.Key.Mark == 0 && !held.Contains(server.Key.Address))
            {
                faults.Warning(
                    name.Position,
                    $"no vrrp_instance holds {server.Key.Address}: nobody will answer "
                    + (server.Key.Address.IsIpv4 ? "ARP" : "Neighbour Discovery")
                    + " for this service");
            }
        }
    }

    /// <summary>All virtual addresses.</summary>
    public static IEnumerable<IpAddress> Held(
        IEnumerable<(Word Name, VirtualRouterConfig Router)> routers) =>
        routers.SelectMany(bound => bound.Router.Addresses.Concat(bound.Router.ExcludedAddresses))
            .Select(prefix => prefix.Address);
}

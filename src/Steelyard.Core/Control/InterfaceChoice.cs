using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;

namespace Steelyard.Core.Control;

/// <summary>
/// Interfaces of virtual routers, and those by which real servers are reached: what the engine
/// must receive from or send to.
/// </summary>
internal static class InterfaceChoice
{
    /// <summary>Their names, sorted.</summary>
    /// <param name="isLocalWanted">Some server is a process of the box.</param>
    public static ImmutableArray<string> Of(
        ApplianceConfig config,
        IEnumerable<ServerEntry> servers,
        NetworkPicture network,
        bool isLocalWanted)
    {
        List<string> wanted = [.. config.VirtualRouters.Select(router => router.Interface)];
        RouteTable routes = new(network.Routes);
        if (isLocalWanted)
        {
            wanted.Add(LocalLink.EngineSide);
        }

        foreach (ServerEntry server in servers)
        {
            if (server.SentSettings.Method != ForwardingMethod.Local
                && routes.TryFind(server.Server.Endpoint.Address, out NextHop hop)
                && network.Find(hop.InterfaceIndex) is InterfaceState state
                && !state.HardwareAddress.IsZero)
            {
                wanted.Add(state.Name);
            }
        }

        return [.. wanted.Distinct().Order(StringComparer.Ordinal)];
    }
}

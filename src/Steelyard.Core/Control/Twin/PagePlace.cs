using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Routing;
using Steelyard.Core.Sync;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Twin;

/// <summary>Where a box's dashboard is to be reached by others.</summary>
internal static class PagePlace
{
    /// <summary>None for one that is off, or that only the box itself reaches.</summary>
    public static TwinPage? Of(ApplianceConfig config, NetworkPicture network)
    {
        DashboardConfig page = config.Dashboard;
        IpAddress listen = page.Listen.Address;
        if (!page.IsEnabled || NetworkControl.IsLoopback(listen))
        {
            return null;
        }

        IpAddress? at = IsAny(listen) ? AddressOf(config, network, !listen.IsIpv4) : listen;
        return at is IpAddress address
            ? new TwinPage(new Endpoint(address, page.Listen.Port), page.UsesTls)
            : null;
    }

    /// <summary>
    /// Who listens everywhere is found where clients are: on the first virtual router's interface.
    /// One that listens at <c>::</c> is reached by IPv4, too.
    /// </summary>
    private static IpAddress? AddressOf(
        ApplianceConfig config, NetworkPicture network, bool mayBeIpv6)
    {
        IpAddress[] own =
        [
            .. config.VirtualRouters
                .Select(router => network.Find(router.Interface))
                .OfType<InterfaceState>()
                .SelectMany(state => state.Addresses)
                .Select(prefix => prefix.Address)
                .Where(address => !address.IsLinkLocalIpv6 && !config.HasVirtualAddress(address)),
        ];
        IpAddress first = own.Where(each => each.IsIpv4 || mayBeIpv6)
            .OrderBy(each => each.IsIpv4 ? 0 : 1)
            .FirstOrDefault();
        return first.IsNone ? null : first;
    }

    private static bool IsAny(IpAddress address) =>
        address.IsNone || (address.IsIpv4 && address.Ipv4 == 0);
}

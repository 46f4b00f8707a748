using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Control.Services;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Front;

/// <summary>What routers and services mean to the panel.</summary>
internal static class PanelPicture
{
    public static PanelFacts Take(
        RouterControl routers, ServiceControl services, OfficeControl office,
        PanelControl front, HardwareControl board) => new()
        {
            CarriesNothing = services.Services.Count == 0
                ? routers.Routers.Count == 0
                : services.Services.All(service => !service.Quorum.IsUp),
            Role = RoleOf(routers.Routers),
            IsHandingOver = routers.IsHandingOver,
            IsInMaintenance = office.IsInMaintenance,
            HasServiceDown = services.Services.Any(service =>
                !service.Quorum.IsUp && IsCarried(service, routers.Routers)),
            HasHardwareAlarm = board.LightsFault,
            IsResetNear = front.IsResetNear,
            IsResetting = front.IsResetting,
        };

    private static PanelRole RoleOf(IReadOnlyList<VirtualRouter> routers)
    {
        if (routers.Any(router => router.State == VirtualRouterState.Fault))
        {
            return PanelRole.Fault;
        }

        return routers.Any(IsMaster) ? PanelRole.Master : PanelRole.Backup;
    }

    /// <summary>
    /// Its address is held here. One that no router has, or a mark, comes here for as long as the
    /// box is MASTER of anything, or has no routers.
    /// </summary>
    private static bool IsCarried(ServiceEntry service, IReadOnlyList<VirtualRouter> routers)
    {
        VirtualRouter? bearer = routers.FirstOrDefault(
            router => Bears(router, service.Service.Key.Address));
        return bearer is null
            ? routers.Count == 0 || routers.Any(IsMaster)
            : IsMaster(bearer);
    }

    private static bool Bears(VirtualRouter router, IpAddress address) =>
        router.Config.Addresses.Concat(router.Config.ExcludedAddresses)
            .Any(prefix => prefix.Address == address);

    private static bool IsMaster(VirtualRouter router) => router.State == VirtualRouterState.Master;
}

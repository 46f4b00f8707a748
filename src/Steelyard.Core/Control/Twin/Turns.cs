using System.Collections.Generic;
using Steelyard.Core.Sync;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control.Twin;

/// <summary>Whose turn it is to be MASTER, where the twin says that it is not.</summary>
internal static class Turns
{
    /// <summary>
    /// Tells each router whether the twin is MASTER of it, or comes before us by its priority: VRID
    /// by VRID, of which two interfaces may have the same. Of equal priorities both try, and the
    /// election decides by address.
    /// </summary>
    /// <param name="twin">What a living twin says of itself; null without one.</param>
    public static void Say(IReadOnlyList<VirtualRouter> routers, TwinHello? twin)
    {
        foreach (VirtualRouter router in routers)
        {
            bool isKnown = false;
            bool isOurs = true;
            foreach (TwinRole role in twin?.Roles ?? [])
            {
                if (role.VirtualRouterId == router.Config.VirtualRouterId)
                {
                    isKnown = true;
                    isOurs &= role.State != VirtualRouterState.Master
                        && (role.State != VirtualRouterState.Backup
                            || role.Priority <= router.Priority);
                }
            }

            router.OnTwin(isKnown && isOurs);
        }
    }
}

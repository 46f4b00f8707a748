using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>What a virtual router makes happen. None of these calls back into it.</summary>
public interface IVirtualRouterEffects
{
    /// <summary>Sends an advertisement out of the router's interface, to the group.</summary>
    void SendAdvertisement(VirtualRouter router, in VrrpAdvertisement advertisement);

    /// <summary>
    /// Sends one gratuitous ARP for each of the router's addresses, advertised and excluded; for an
    /// IPv6 address an unsolicited Neighbour Advertisement. Called once for each repetition.
    /// </summary>
    void Announce(VirtualRouter router);

    /// <summary>
    /// The state has changed; <see cref="VirtualRouter.State"/> is the new one already. On the way
    /// to MASTER this comes before the first advertisement and announcement, so that the addresses
    /// are held when the first frame for them comes.
    /// </summary>
    /// <param name="why">A sentence for people, without its full stop.</param>
    void OnTransition(
        VirtualRouter router, VirtualRouterState from, VirtualRouterState to, string why);

    /// <summary>Something a person should know that changed no state.</summary>
    void OnNotice(VirtualRouter router, string sentence, Instant now);
}

using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// What a MASTER says, and when: adverts, and gratuitous ARP or Neighbour Advertisements.
/// </summary>
internal sealed class Herald(VirtualRouter router, IVirtualRouterEffects effects)
{
    private const byte ResigningPriority = 0;

    private Instant _advertiseAt = Instant.Never;
    private Instant _announceAt = Instant.Never;
    private Instant? _assertedAt;

    /// <summary>The earlier of Adver_Timer and the next announcement.</summary>
    public Instant Deadline => Instant.Earlier(_advertiseAt, _announceAt);

    /// <summary>A new MASTER advertises, then announces. RFC 9568 §6.4.1.</summary>
    public void Begin(Instant now)
    {
        _assertedAt = null;
        Advertise(now);
        Announce(now);
    }

    public void OnDeadline(Instant now)
    {
        if (now >= _advertiseAt)
        {
            Advertise(now);
        }

        if (now >= _announceAt)
        {
            _announceAt = Instant.Never;
            AnnounceRepeatedly();
        }
    }

    public void Advertise(Instant now)
    {
        _advertiseAt = now + router.Config.AdvertisementInterval;
        Send(router.Priority);
    }

    /// <summary>Priority 0: the others need not wait for our silence.</summary>
    public void ResignIfMaster()
    {
        if (router.State == VirtualRouterState.Master)
        {
            Send(ResigningPriority);
        }
    }

    /// <summary>Gratuitous ARP at once, and again after GratuitousArpDelay.</summary>
    public void Announce(Instant now)
    {
        AnnounceRepeatedly();
        TimeSpan delay = router.Config.GratuitousArpDelay;
        _announceAt = delay > TimeSpan.Zero ? now + delay : Instant.Never;
    }

    /// <summary>
    /// A losing MASTER was heard: RFC 9568 §6.4.3 answers at once, and switches and neighbours
    /// that learnt from it are put right, now and when it has fallen silent. At most twice per
    /// interval, or two routers with one address would answer each other for ever.
    /// </summary>
    public void Assert(Instant now)
    {
        TimeSpan interval = router.Config.AdvertisementInterval;
        if (_assertedAt is Instant last && now - last < interval / 2)
        {
            return;
        }

        _assertedAt = now;
        Advertise(now);
        effects.Announce(router);
        _announceAt = Instant.Earlier(_announceAt, now + interval);
    }

    private void Send(byte priority)
    {
        ImmutableArray<IpAddress> addresses =
            [.. router.Config.Addresses.Select(prefix => prefix.Address)];
        string? password = router.Config.Version == 2
            ? router.Config.AuthenticationPassword
            : null;
        effects.SendAdvertisement(router, new(
            router.Config.Version,
            router.Config.VirtualRouterId,
            priority,
            router.Config.AdvertisementInterval,
            addresses,
            password is null
                ? VrrpAdvertisement.NoAuthentication
                : VrrpAdvertisement.PasswordAuthentication,
            password is null ? 0 : VrrpAdvertisement.PasswordOctets(password)));
    }

    private void AnnounceRepeatedly()
    {
        for (int time = 0; time < router.Config.GratuitousArpRepeat; time++)
        {
            effects.Announce(router);
        }
    }
}

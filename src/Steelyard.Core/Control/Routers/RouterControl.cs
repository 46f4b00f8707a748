using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Routers;

/// <summary>
/// The virtual routers of the box: adverts reach their elections, and what an election decides
/// reaches the wires and the engine.
/// </summary>
internal sealed class RouterControl : IVirtualRouterEffects
{
    private readonly IControlEffects _effects;
    private readonly NetworkControl _network;
    private readonly RouterNews _news;
    private readonly AddressHolder _holder;
    private readonly AddressVoice _voice;
    private readonly List<VirtualRouter> _routers = [];
    private readonly List<SyncGroup> _groups = [];

    public RouterControl(IControlEffects effects, NetworkControl network)
    {
        _effects = effects;
        _network = network;
        _news = new RouterNews(effects);
        _holder = new AddressHolder(effects);
        _voice = new AddressVoice(effects, _holder);
    }

    public IReadOnlyList<VirtualRouter> Routers => _routers;

    /// <summary>
    /// What moves together: the configured groups, and each other router by itself.
    /// </summary>
    public IReadOnlyList<SyncGroup> Groups => _groups;

    /// <summary>Called after a router has changed its state.</summary>
    public required Action<VirtualRouter> OnRole { get; init; }

    public Instant Deadline
    {
        get
        {
            Instant deadline = Instant.Never;
            foreach (VirtualRouter router in _routers)
            {
                deadline = Instant.Earlier(deadline, router.Deadline);
            }

            return deadline;
        }
    }

    /// <summary>The box takes no part: routers that a reload adds wait for its end.</summary>
    public bool HoldsBack { get; set; }

    public bool IsHandingOver => _routers.Exists(router => router.IsHandingOver);

    /// <summary>
    /// Starts, changes and stops routers until they are those of the configuration.
    /// </summary>
    public void Configure(ApplianceConfig config, Instant now)
    {
        foreach (VirtualRouter router in _routers.ToArray())
        {
            VirtualRouterConfig? wanted = FindConfig(config, router);
            if (wanted is null)
            {
                router.Stop(now);
                _ = _routers.Remove(router);
                _news.Forget(router);
            }
            else if (wanted != router.Config)
            {
                router.Reconfigure(wanted, now);
                Hold(router);
            }
        }

        List<VirtualRouter> started = [];
        foreach (VirtualRouterConfig wanted in config.VirtualRouters)
        {
            if (!_routers.Exists(router => IsSame(router.Config, wanted)))
            {
                VirtualRouter router = new(wanted, this);
                _routers.Add(router);
                started.Add(router);
            }
        }

        JoinGroups();
        Group(config);
        foreach (SyncGroup group in _groups)
        {
            group.Converge(now);
        }

        if (!HoldsBack)
        {
            foreach (VirtualRouter router in started)
            {
                Start(router, now);
            }
        }
    }

    /// <summary>Interfaces came, went, or changed.</summary>
    public void OnNetwork(Instant now)
    {
        foreach (VirtualRouter router in _routers)
        {
            InterfaceState? state = _network.Find(router.Config.Interface);
            router.OnInterface(
                _network.IsInService(router.Config.Interface),
                _network.PrimaryAddress(state, router.Config.IsIpv6),
                now);
            Hold(router);
        }
    }

    /// <summary>A packet of protocol 112 arrived.</summary>
    public void OnAdvertisement(int interfaceIndex, in Ipv4Packet packet, Instant now) =>
        OnAdvertisement(
            interfaceIndex,
            packet.Payload,
            IpAddress.FromIpv4(packet.Source),
            IpAddress.FromIpv4(packet.Destination),
            packet.TimeToLive,
            now);

    /// <summary>The same over IPv6.</summary>
    public void OnAdvertisement(int interfaceIndex, in Ipv6Packet packet, Instant now)
    {
        if (packet.Source.IsIpv4)
        {
            Faults.Count(VrrpFault.WrongSource); // mapped: it would pass for an IPv4 router
            return;
        }

        OnAdvertisement(
            interfaceIndex,
            packet.Payload,
            packet.Source,
            packet.Destination,
            packet.HopLimit,
            now);
    }

    /// <summary>Adverts that reached no election.</summary>
    public VrrpFaultCounters Faults { get; } = new();

    public void OnDeadline(Instant now)
    {
        foreach (VirtualRouter router in _routers)
        {
            router.OnDeadline(now);
        }
    }

    /// <summary>Resigns everywhere: the box stops.</summary>
    public void Stop(Instant now)
    {
        foreach (VirtualRouter router in _routers)
        {
            router.Stop(now);
        }
    }

    /// <summary>Takes part again, after <see cref="Stop"/>; who does already, goes on.</summary>
    public void Start(Instant now)
    {
        foreach (VirtualRouter router in _routers)
        {
            Start(router, now);
        }
    }

    /// <summary>The interfaces' sockets are new: they are told again what is held.</summary>
    public void OnPortsChanged()
    {
        JoinGroups();
        _holder.Repeat();
        foreach (VirtualRouter router in _routers)
        {
            if (router.State == VirtualRouterState.Master)
            {
                ((IVirtualRouterEffects)this).Announce(router);
            }
        }
    }

    /// <summary>Until then no router takes a living MASTER's place.</summary>
    public void HoldPreemption(Instant until)
    {
        foreach (VirtualRouter router in _routers)
        {
            router.HoldPreemption(until);
        }
    }

    /// <summary>Answers for an address that is held here.</summary>
    public bool TryAnswer(int interfaceIndex, in ArpPacket request) =>
        _voice.TryAnswer(interfaceIndex, request);

    /// <summary>Answers for an IPv6 address that is held here.</summary>
    /// <param name="sender">The station that sent the frame.</param>
    public bool TryAnswer(
        int interfaceIndex, in NeighbourDiscovery request, MacAddress sender) =>
        _voice.TryAnswer(interfaceIndex, request, sender);

    void IVirtualRouterEffects.SendAdvertisement(
        VirtualRouter router, in VrrpAdvertisement advertisement)
    {
        if (_network.Find(router.Config.Interface) is not InterfaceState state
            || router.Source is not IpAddress source)
        {
            return;
        }

        Span<byte> frame = stackalloc byte[advertisement.FrameLength];
        int length = advertisement.WriteFrame(
            frame, StationOf(router), source, router.Config.ChecksumsPseudoHeader);
        _effects.SendFrame(state.Index, frame[..length]);
    }

    void IVirtualRouterEffects.Announce(VirtualRouter router)
    {
        if (_network.Find(router.Config.Interface) is not InterfaceState state)
        {
            return;
        }

        foreach (IpPrefix held in router.Config.Addresses.Concat(router.Config.ExcludedAddresses))
        {
            _voice.Announce(state.Index, StationOf(router), held.Address);
        }
    }

    void IVirtualRouterEffects.OnTransition(
        VirtualRouter router, VirtualRouterState from, VirtualRouterState to, string why)
    {
        Hold(router);
        _news.OnTransition(router, to, why);
        if (to == VirtualRouterState.Master)
        {
            _network.Addresses.OnOffice(router.Name);
        }

        OnRole(router);
    }

    void IVirtualRouterEffects.OnNotice(VirtualRouter router, string sentence, Instant now) =>
        _news.OnNotice(router, sentence, now);

    /// <summary>
    /// The router's own, by the family of its adverts; excluded addresses of the other family have
    /// it too, for a frame's station says nothing of what the frame carries.
    /// </summary>
    private static MacAddress StationOf(VirtualRouter router) => router.Config.IsIpv6
        ? MacAddress.VirtualRouterIpv6(router.Config.VirtualRouterId)
        : MacAddress.VirtualRouterIpv4(router.Config.VirtualRouterId);

    private static bool IsSame(VirtualRouterConfig left, VirtualRouterConfig right) =>
        left.Interface == right.Interface
        && left.VirtualRouterId == right.VirtualRouterId
        && left.IsIpv6 == right.IsIpv6;

    /// <summary>
    /// Adverts over IPv6 reach us. An interface that has no such router any more stays in the group
    /// as long as it is served: nothing comes of it.
    /// </summary>
    private void JoinGroups()
    {
        foreach (VirtualRouter router in _routers)
        {
            if (router.Config.IsIpv6
                && _network.Find(router.Config.Interface) is InterfaceState state)
            {
                _effects.JoinGroup(state.Index, VrrpAdvertisement.GroupIpv6, joins: true);
            }
        }
    }

    private static VirtualRouterConfig? FindConfig(ApplianceConfig config, VirtualRouter router) =>
        config.VirtualRouters.FirstOrDefault(wanted => IsSame(router.Config, wanted));

    private void OnAdvertisement(
        int interfaceIndex,
        ReadOnlySpan<byte> message,
        IpAddress source,
        IpAddress destination,
        byte timeToLive,
        Instant now)
    {
        if (!VrrpAdvertisement.TryParse(
            message,
            source,
            destination,
            timeToLive,
            out VrrpAdvertisement advert,
            out VrrpFault fault))
        {
            Faults.Count(fault);
            return;
        }

        string? name = _network.Find(interfaceIndex)?.Name;
        foreach (VirtualRouter router in _routers)
        {
            if (router.Config.VirtualRouterId == advert.VirtualRouterId
                && router.Config.IsIpv6 == !source.IsIpv4
                && router.Config.Interface == name)
            {
                router.OnAdvertisement(advert, source, now);
                return;
            }
        }

        Faults.CountForeign();
    }

    private void Start(VirtualRouter router, Instant now)
    {
        InterfaceState? state = _network.Find(router.Config.Interface);
        router.Start(
            now,
            _network.PrimaryAddress(state, router.Config.IsIpv6),
            _network.IsInService(router.Config.Interface));
    }

    /// <summary>Holds the addresses of a MASTER, and lets go of everybody else's.</summary>
    private void Hold(VirtualRouter router)
    {
        InterfaceState? state = _network.Find(router.Config.Interface);
        bool holds = router.State == VirtualRouterState.Master && state is not null;
        _holder.Hold(
            router,
            holds ? state!.Index : 0,
            StationOf(router),
            holds ? [.. router.Config.Addresses, .. router.Config.ExcludedAddresses] : []);
    }

    /// <summary>Every router has a group; one that the file puts in none has its own.</summary>
    private void Group(ApplianceConfig config)
    {
        _groups.Clear();
        foreach (SyncGroupConfig wanted in config.SyncGroups)
        {
            _groups.Add(new SyncGroup(
                wanted.Name,
                [.. _routers.Where(router => wanted.Members.Contains(router.Name))]));
        }

        foreach (VirtualRouter router in _routers)
        {
            if (!_groups.Exists(group => group.Members.Contains(router)))
            {
                _groups.Add(new SyncGroup(router.Name, [router]));
            }
        }
    }
}

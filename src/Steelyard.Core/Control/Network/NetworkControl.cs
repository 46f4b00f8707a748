using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Network;

/// <summary>
/// Follows the kernel's interfaces and routes for the engine, and finds its neighbours by ARP and
/// Neighbour Discovery.
/// </summary>
internal sealed class NetworkControl : INeighbourEffects
{
    private readonly IControlEffects _effects;
    private readonly StandingWarnings _warnings;
    private readonly NeighbourTable _neighbours;
    private ImmutableArray<string> _wanted = [];
    private ImmutableArray<string> _missing = [];
    private bool _hasPicture;
    private readonly long[] _discoveryFaults = new long[256];

    public NetworkControl(IControlEffects effects, StandingWarnings warnings)
    {
        _effects = effects;
        _warnings = warnings;
        Addresses = new AddressWatch(effects, warnings);
        _neighbours = new NeighbourTable(NeighbourOptions.Default, this);
    }

    /// <summary>Interfaces that are there, and that the box cannot receive from.</summary>
    public ImmutableArray<string> Refused { get; set; } = [];

    public NetworkPicture Picture { get; private set; } = NetworkPicture.Empty;

    /// <summary>The kernel's addresses beside the virtual ones.</summary>
    public AddressWatch Addresses { get; }

    public Instant Deadline => _neighbours.Deadline;

    /// <summary>
    /// Which addresses are virtual, and which interfaces are wanted, may have changed.
    /// </summary>
    public void Configure(ApplianceConfig config)
    {
        _wanted = [.. config.VirtualRouters.Select(router => router.Interface).Distinct()];
        if (_hasPicture)
        {
            LookForMissing();
        }

        Addresses.Configure(config);
        TellAddresses();
        Addresses.Look(Picture);
    }

    /// <summary>Takes a new picture; the engine learns addresses and routes of it.</summary>
    public void OnPicture(NetworkPicture picture)
    {
        NetworkPicture before = Picture;
        Picture = picture;
        _hasPicture = true;
        foreach (InterfaceState old in before.Interfaces)
        {
            InterfaceState? now = Find(old.Index);
            if (now is null || (old.IsUp && !now.IsUp))
            {
                _neighbours.OnInterfaceLost(old.Index);
            }
        }

        LookForMissing();
        TellAddresses();
        Addresses.Look(picture);
        _ = _effects.TryCommand(new ReplaceRoutes(new RouteTable(picture.Routes)));
    }

    public InterfaceState? Find(string name) => Picture.Find(name);

    /// <summary>An election may count on it: the link is up, and the box serves it.</summary>
    public bool IsInService(string name) =>
        Find(name) is { IsUp: true } && !Refused.Contains(name);

    public InterfaceState? Find(int index) => Picture.Find(index);

    /// <summary>A loopback address, or one of an interface.</summary>
    public bool IsOwn(IpAddress address)
    {
        if (IsLoopback(address))
        {
            return true;
        }

        foreach (InterfaceState state in Picture.Interfaces)
        {
            foreach (IpPrefix own in state.Addresses)
            {
                if (own.Address == address)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static bool IsLoopback(IpAddress address) =>
        address.IsIpv4 ? address.Ipv4 >> 24 == 127 : address is { High: 0, Low: 1 };

    /// <summary>
    /// What an interface speaks from among its neighbours: its first IPv4 address, or its first
    /// link-local IPv6 address, which it has whenever it speaks IPv6 at all (RFC 4291 §2.8). Never
    /// a virtual one: what comes from there, a MASTER takes for its own.
    /// </summary>
    public IpAddress? PrimaryAddress(InterfaceState? state, bool isIpv6)
    {
        if (state is not null)
        {
            foreach (IpPrefix own in state.Addresses)
            {
                if ((isIpv6 ? own.Address.IsLinkLocalIpv6 : own.Address.IsIpv4)
                    && !Addresses.IsVirtual(own.Address))
                {
                    return own.Address;
                }
            }
        }

        return null;
    }

    public void OnNeighbourWanted(int interfaceIndex, IpAddress address, Instant now) =>
        _neighbours.OnWanted(interfaceIndex, address, now);

    public void OnArp(int interfaceIndex, in ArpPacket packet, Instant now) =>
        _neighbours.OnArp(interfaceIndex, packet, now);

    /// <summary>Reads a solicitation or an advertisement; counts what is wrong with it.</summary>
    public bool TryReadDiscovery(in Ipv6Packet packet, out NeighbourDiscovery message)
    {
        bool isRead = NeighbourDiscovery.TryParse(packet, out message, out NeighbourFault fault);
        if (!isRead)
        {
            _discoveryFaults[(byte)fault]++;
        }

        return isRead;
    }

    /// <summary>Messages of Neighbour Discovery that were discarded for this reason.</summary>
    public long DiscardedFor(NeighbourFault fault) => _discoveryFaults[(byte)fault];

    /// <summary>A solicitation or an advertisement of Neighbour Discovery.</summary>
    public void OnDiscovery(int interfaceIndex, in NeighbourDiscovery message, Instant now) =>
        _neighbours.OnDiscovery(interfaceIndex, message, now);

    public void OnDeadline(Instant now) => _neighbours.OnDeadline(now);

    void INeighbourEffects.Ask(int interfaceIndex, IpAddress address, MacAddress station)
    {
        if (Find(interfaceIndex) is not InterfaceState state)
        {
            return;
        }

        if (!address.IsIpv4)
        {
            Solicit(state, address, station);
            return;
        }

        ArpPacket request = ArpPacket.Request(
            state.HardwareAddress, SourceFor(state, address), address);
        Span<byte> frame = stackalloc byte[ArpPacket.FrameLength];
        int length = request.Write(frame, station, state.HardwareAddress);
        _effects.SendFrame(interfaceIndex, frame[..length]);
    }

    void INeighbourEffects.Learned(int interfaceIndex, IpAddress address, MacAddress station) =>
        _ = _effects.TryCommand(new NeighbourLearned(interfaceIndex, address, station));

    void INeighbourEffects.Failed(int interfaceIndex, IpAddress address) =>
        _ = _effects.TryCommand(new NeighbourFailed(interfaceIndex, address));

    private void TellAddresses()
    {
        foreach (InterfaceState present in Picture.Interfaces)
        {
            _ = _effects.TryCommand(new SetInterfaceAddresses(
                present.Index,
                present.Addresses.RemoveAll(own => Addresses.IsVirtual(own.Address))));
        }
    }

    /// <summary>
    /// RFC 4861 §7.2.2. An interface without a link-local address cannot ask: what it would send is
    /// the probe of a newcomer, which a newcomer of the same wish would take for a duplicate.
    /// </summary>
    private void Solicit(InterfaceState state, IpAddress address, MacAddress station)
    {
        if (PrimaryAddress(state, isIpv6: true) is not IpAddress source)
        {
            return;
        }

        NeighbourDiscovery request = station == MacAddress.Broadcast
            ? NeighbourDiscovery.Request(state.HardwareAddress, source, address)
            : NeighbourDiscovery.RequestAgain(state.HardwareAddress, source, address);
        Span<byte> frame = stackalloc byte[NeighbourDiscovery.LongestFrameLength];
        int length = request.Write(
            frame,
            station == MacAddress.Broadcast ? MacAddress.OfGroup(request.Destination) : station,
            state.HardwareAddress);
        _effects.SendFrame(state.Index, frame[..length]);
    }

    /// <summary>
    /// The own address of the same network as the one asked for; without one the probe's address,
    /// 0.0.0.0 (RFC 5227 §2.1.1), which is answered and teaches nobody anything.
    /// </summary>
    private IpAddress SourceFor(InterfaceState state, IpAddress target)
    {
        foreach (IpPrefix own in state.Addresses)
        {
            if (own.Contains(target) && !Addresses.IsVirtual(own.Address))
            {
                return own.Address;
            }
        }

        return PrimaryAddress(state, isIpv6: false) ?? IpAddress.FromIpv4(0);
    }

    /// <summary>
    /// Says once which interface is waited for, and once that it came; the status says it for as
    /// long as it is so.
    /// </summary>
    private void LookForMissing()
    {
        ImmutableArray<string> missing = [.. _wanted.Where(name => Find(name) is null)];
        foreach (string name in missing.Except(_missing))
        {
            _effects.Report(new BoxEvent(EventSeverity.Warning, "link", name, Missing(name)));
        }

        foreach (string name in _missing.Except(missing).Where(_wanted.Contains))
        {
            _effects.Report(new BoxEvent(
                EventSeverity.Information, "link", name, $"interface {name} is there"));
        }

        _missing = missing;
        _warnings.Set("link", [.. missing.Select(Missing)]);
    }

    private static string Missing(string name) => $"interface {name} is missing: waiting for it";
}

using System;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// Makes and changes interfaces, addresses and routes, for labs and rigs. Works in the network
/// namespace of the thread that made it; needs CAP_NET_ADMIN there.
/// </summary>
public sealed class LinkEditor : IDisposable
{
    // It beats the strict one of "all", of which the larger counts.
    private const int LooseReversePath = 2;

    private readonly NetlinkSocket _socket = new(groups: 0);

    /// <summary>An editor that works inside a namespace, whichever thread uses it.</summary>
    public static LinkEditor Inside(NetworkNamespace place) => place.Run(() => new LinkEditor());

    /// <summary>
    /// Makes two interfaces joined by a wire, each in the namespace given, or here.
    /// </summary>
    public void AddVethPair(
        string name,
        string peerName,
        NetworkNamespace? place = null,
        NetworkNamespace? peerPlace = null)
    {
        NetlinkRequest request = new NetlinkRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL)
            .Add(default(ifinfomsg))
            .Add(IFLA_IFNAME, name);
        AddPlace(request, place);
        _ = request.Nest(IFLA_LINKINFO, info => info
            .Add(IFLA_INFO_KIND, "veth")
            .Nest(IFLA_INFO_DATA, data => data.Nest(VETH_INFO_PEER, peer =>
            {
                _ = peer.Add(default(ifinfomsg)).Add(IFLA_IFNAME, peerName);
                AddPlace(peer, peerPlace);
            })));
        _socket.Change(request, $"make interfaces {name} and {peerName}");
    }

    /// <summary>Makes a switch.</summary>
    public void AddBridge(string name) => _socket.Change(
        new NetlinkRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL)
            .Add(default(ifinfomsg))
            .Add(IFLA_IFNAME, name)
            .Nest(IFLA_LINKINFO, info => info.Add(IFLA_INFO_KIND, "bridge")),
        $"make bridge {name}");

    /// <summary>Plugs an interface into a switch.</summary>
    public void SetBridge(string name, string bridge) => Change(
        name, request => request.Add(IFLA_MASTER, IndexOf(bridge)), $"plug {name} into {bridge}");

    public void SetUp(string name, bool isUp = true) => _socket.Change(
        new NetlinkRequest(RTM_NEWLINK, 0).Add(new ifinfomsg
        {
            ifi_index = IndexOf(name),
            ifi_flags = isUp ? IFF_UP : 0,
            ifi_change = IFF_UP,
        }),
        $"set {name} {(isUp ? "up" : "down")}");

    public void SetHardwareAddress(string name, MacAddress address) => Change(
        name,
        request =>
        {
            Span<byte> octets = stackalloc byte[MacAddress.Length];
            address.Write(octets);
            _ = request.Add(IFLA_ADDRESS, octets);
        },
        $"set the address of {name}");

    /// <param name="bytes">Largest IP packet.</param>
    public void SetMaximumTransmissionUnit(string name, int bytes) =>
        Change(name, request => request.Add(IFLA_MTU, bytes), $"set the MTU of {name}");

    /// <summary>
    /// Any sender whom some route reaches is believed (RFC 3704 §2.4), the box itself too; and no
    /// IPv6 address is made up.
    /// </summary>
    public void Trust(string name) => Change(
        name,
        request => request.Nest(IFLA_AF_SPEC, families => families
            .Nest(AF_INET, ipv4 => ipv4.Nest(IFLA_INET_CONF, settings => settings
                .Add(IPV4_DEVCONF_RP_FILTER, LooseReversePath)
                .Add(IPV4_DEVCONF_ACCEPT_LOCAL, 1)))
            .Nest(AF_INET6, ipv6 => ipv6
                .Add(IFLA_INET6_ADDR_GEN_MODE, [IN6_ADDR_GEN_MODE_NONE]))),
        $"trust {name}");

    public int FindIndex(string name) => IndexOf(name);

    public void Delete(string name) => _socket.Change(
        new NetlinkRequest(RTM_DELLINK, 0).Add(new ifinfomsg { ifi_index = IndexOf(name) }),
        $"delete {name}");

    /// <summary>Gives an interface an address; an IPv6 one is usable at once (no DAD).</summary>
    public void AddAddress(string name, IpPrefix prefix)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets = octets[..prefix.Address.Write(octets)];
        NetlinkRequest request = new NetlinkRequest(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL)
            .Add(new ifaddrmsg
            {
                ifa_family = FamilyOf(prefix.Address),
                ifa_prefixlen = (byte)prefix.Length,
                ifa_flags = prefix.Address.IsIpv4 ? (byte)0 : IFA_F_NODAD,
                ifa_index = (uint)IndexOf(name),
            })
            .Add(IFA_LOCAL, octets)
            .Add(IFA_ADDRESS, octets);
        _socket.Change(request, $"add {prefix} to {name}");
    }

    /// <summary>
    /// Routes a prefix through a gateway, or, without one, straight to an interface.
    /// </summary>
    public void AddRoute(IpPrefix destination, IpAddress? gateway, string? name = null)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        NetlinkRequest request = new NetlinkRequest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL)
            .Add(new rtmsg
            {
                rtm_family = FamilyOf(destination.Address),
                rtm_dst_len = (byte)destination.Length,
                rtm_table = (byte)RT_TABLE_MAIN,
                rtm_protocol = RTPROT_STATIC,
                rtm_scope = gateway is null && destination.Address.IsIpv4 ? RT_SCOPE_LINK : (byte)0,
                rtm_type = RTN_UNICAST,
            });
        if (destination.Length > 0)
        {
            int length = destination.Network.Write(octets);
            _ = request.Add(RTA_DST, octets[..length]);
        }

        if (gateway is IpAddress hop)
        {
            int length = hop.Write(octets);
            _ = request.Add(RTA_GATEWAY, octets[..length]);
        }

        if (name is not null)
        {
            _ = request.Add(RTA_OIF, IndexOf(name));
        }

        _socket.Change(request, $"route {destination}");
    }

    /// <summary>
    /// Tells the kernel for good which station has an address, or another one now.
    /// </summary>
    public void SetNeighbour(string name, IpAddress address, MacAddress station)
    {
        Span<byte> octets = stackalloc byte[IpAddress.Ipv6Length];
        octets = octets[..address.Write(octets)];
        Span<byte> stationOctets = stackalloc byte[MacAddress.Length];
        station.Write(stationOctets);
        NetlinkRequest request = new NetlinkRequest(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE)
            .Add(new ndmsg
            {
                ndm_family = FamilyOf(address),
                ndm_ifindex = IndexOf(name),
                ndm_state = NUD_PERMANENT,
            })
            .Add(NDA_DST, octets)
            .Add(NDA_LLADDR, stationOctets);
        _socket.Change(request, $"set the station of {address}");
    }

    public void Dispose() => _socket.Dispose();

    private static byte FamilyOf(IpAddress address) => address.IsIpv4 ? AF_INET : AF_INET6;

    private static void AddPlace(NetlinkRequest request, NetworkNamespace? place)
    {
        if (place is not null)
        {
            _ = request.Add(IFLA_NET_NS_FD, (int)place.Descriptor.DangerousGetHandle());
        }
    }

    private void Change(string name, Action<NetlinkRequest> attributes, string what)
    {
        NetlinkRequest request = new NetlinkRequest(RTM_NEWLINK, 0)
            .Add(new ifinfomsg { ifi_index = IndexOf(name) });
        attributes(request);
        _socket.Change(request, what);
    }

    private int IndexOf(string name) => _socket.FindLink(name);
}

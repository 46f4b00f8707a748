using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Steelyard.Core.Routing;
using Steelyard.Core.Wire;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// Builds a picture from rtnetlink messages, one call each. See rtnetlink(7). Numbers are in the
/// machine's order, addresses in the wire's; what does not parse is passed over.
/// </summary>
internal sealed class NetlinkReader
{
    private readonly SortedDictionary<int, Link> _links = [];
    private readonly List<RouteEntry> _routes = [];

    /// <summary>Takes one message's body, by its type.</summary>
    internal void Take(ushort type, ReadOnlySpan<byte> body)
    {
        switch (type)
        {
            case RTM_NEWLINK:
                TakeLink(body);
                break;
            case RTM_NEWADDR:
                TakeAddress(body);
                break;
            case RTM_NEWROUTE:
                TakeRoute(body);
                break;
            default:
                break;
        }
    }

    internal NetworkPicture ToPicture()
    {
        ImmutableArray<InterfaceState>.Builder interfaces =
            ImmutableArray.CreateBuilder<InterfaceState>(_links.Count);
        foreach ((int index, Link link) in _links)
        {
            interfaces.Add(new(
                index, link.Name, link.Address, link.Mtu, link.IsUp, [.. link.Addresses]));
        }

        return new(interfaces.ToImmutable(), [.. _routes]);
    }

    private static IpAddress ReadAddress(byte family, ReadOnlySpan<byte> octets) =>
        family == AF_INET && octets.Length >= IpAddress.Ipv4Length ? IpAddress.ReadIpv4(octets)
        : family == AF_INET6 && octets.Length >= IpAddress.Ipv6Length ? IpAddress.ReadIpv6(octets)
        : default;

    private static uint ReadNumber(ReadOnlySpan<byte> value) =>
        value.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(value) : 0;

    private void TakeLink(ReadOnlySpan<byte> body)
    {
        if (!MemoryMarshal.TryRead(body, out ifinfomsg header))
        {
            return;
        }

        Link link = Find(header.ifi_index);
        link.IsUp = (header.ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
        Attributes attributes = new(body[Unsafe.SizeOf<ifinfomsg>()..]);
        while (attributes.TryNext(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFLA_IFNAME:
                    link.Name = Encoding.UTF8.GetString(value.TrimEnd((byte)0));
                    break;
                case IFLA_ADDRESS when value.Length == MacAddress.Length:
                    link.Address = MacAddress.Read(value);
                    break;
                case IFLA_MTU:
                    link.Mtu = (int)Math.Min(int.MaxValue, ReadNumber(value));
                    break;
                default:
                    break;
            }
        }
    }

    private void TakeAddress(ReadOnlySpan<byte> body)
    {
        if (!MemoryMarshal.TryRead(body, out ifaddrmsg header))
        {
            return;
        }

        IpAddress local = default;
        IpAddress address = default;
        uint flags = header.ifa_flags;
        Attributes attributes = new(body[Unsafe.SizeOf<ifaddrmsg>()..]);
        while (attributes.TryNext(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case IFA_LOCAL:
                    local = ReadAddress(header.ifa_family, value);
                    break;
                case IFA_ADDRESS:
                    address = ReadAddress(header.ifa_family, value);
                    break;
                case IFA_FLAGS:
                    flags = ReadNumber(value);
                    break;
                default:
                    break;
            }
        }

        // On a point-to-point link IFA_ADDRESS is the other end; IFA_LOCAL is always ours.
        IpAddress own = local.IsNone ? address : local;
        bool isUsable = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0;
        if (!own.IsNone && isUsable)
        {
            Find((int)header.ifa_index).Addresses.Add(new(own, header.ifa_prefixlen));
        }
    }

    private void TakeRoute(ReadOnlySpan<byte> body)
    {
        if (!MemoryMarshal.TryRead(body, out rtmsg header)
            || header.rtm_type != RTN_UNICAST
            || (header.rtm_flags & RTM_F_CLONED) != 0
            || header.rtm_src_len != 0
            || header.rtm_family is not (AF_INET or AF_INET6))
        {
            return;
        }

        uint table = header.rtm_table;
        IpAddress destination = header.rtm_family == AF_INET ? IpAddress.FromIpv4(0) : default;
        RouteEntry route = default;
        ReadOnlySpan<byte> hops = default;
        Attributes attributes = new(body[Unsafe.SizeOf<rtmsg>()..]);
        while (attributes.TryNext(out ushort type, out ReadOnlySpan<byte> value))
        {
            switch (type)
            {
                case RTA_TABLE:
                    table = ReadNumber(value);
                    break;
                case RTA_DST:
                    destination = ReadAddress(header.rtm_family, value);
                    break;
                case RTA_PRIORITY:
                    route = route with { Metric = (int)Math.Min(int.MaxValue, ReadNumber(value)) };
                    break;
                case RTA_MULTIPATH:
                    hops = value;
                    break;
                default:
                    route = TakeHop(route, header.rtm_family, type, value);
                    break;
            }
        }

        if (table == RT_TABLE_MAIN)
        {
            Add(route with { Destination = new(destination, header.rtm_dst_len) }, header, hops);
        }
    }

    /// <summary>One route, or one for each of its living next hops.</summary>
    private void Add(RouteEntry route, rtmsg header, ReadOnlySpan<byte> hops)
    {
        if (hops.IsEmpty && IsAlive(unchecked((byte)header.rtm_flags)))
        {
            _routes.Add(route);
        }

        while (MemoryMarshal.TryRead(hops, out rtnexthop hop)
            && hop.rtnh_len >= Unsafe.SizeOf<rtnexthop>()
            && hop.rtnh_len <= hops.Length)
        {
            RouteEntry one = route with { InterfaceIndex = hop.rtnh_ifindex };
            Attributes attributes = new(hops[Unsafe.SizeOf<rtnexthop>()..hop.rtnh_len]);
            while (attributes.TryNext(out ushort type, out ReadOnlySpan<byte> value))
            {
                one = TakeHop(one, header.rtm_family, type, value);
            }

            if (IsAlive(hop.rtnh_flags))
            {
                _routes.Add(one);
            }

            hops = hops[Math.Min(hops.Length, (hop.rtnh_len + 3) & ~3)..];
        }
    }

    private static bool IsAlive(byte flags) => (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;

    /// <summary>
    /// Where a route goes: attributes that a route and each of several hops may have.
    /// </summary>
    private static RouteEntry TakeHop(
        RouteEntry route, byte family, ushort type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case RTA_OIF:
                return route with { InterfaceIndex = (int)ReadNumber(value) };
            case RTA_GATEWAY:
                return route with { Gateway = ReadAddress(family, value) };
            case RTA_VIA when value.Length >= sizeof(ushort):
                // An IPv4 route through an IPv6 neighbour (RFC 5549): family, then address.
                byte viaFamily = unchecked((byte)MemoryMarshal.Read<ushort>(value));
                return route with { Gateway = ReadAddress(viaFamily, value[sizeof(ushort)..]) };
            default:
                return route;
        }
    }

    private Link Find(int index)
    {
        if (!_links.TryGetValue(index, out Link? link))
        {
            link = new();
            _links.Add(index, link);
        }

        return link;
    }

    /// <summary>Walks attributes: length, type, value, each at a multiple of four bytes.</summary>
    private ref struct Attributes(ReadOnlySpan<byte> rest)
    {
        /// <summary>The two highest bits of a type are flags (nested, network order).</summary>
        private const ushort TypeMask = 0x3FFF;

        private ReadOnlySpan<byte> _rest = rest;

        internal bool TryNext(out ushort type, out ReadOnlySpan<byte> value)
        {
            type = 0;
            value = default;
            if (!MemoryMarshal.TryRead(_rest, out rtattr header)
                || header.rta_len < Unsafe.SizeOf<rtattr>()
                || header.rta_len > _rest.Length)
            {
                return false;
            }

            type = (ushort)(header.rta_type & TypeMask);
            value = _rest[Unsafe.SizeOf<rtattr>()..header.rta_len];
            _rest = _rest[Math.Min(_rest.Length, (header.rta_len + 3) & ~3)..];
            return true;
        }
    }

    private sealed class Link
    {
        internal string Name { get; set; } = string.Empty;

        internal MacAddress Address { get; set; }

        internal int Mtu { get; set; }

        internal bool IsUp { get; set; }

        internal List<IpPrefix> Addresses { get; } = [];
    }
}

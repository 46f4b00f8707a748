using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Routing;

/// <summary>
/// Routes by longest prefix, and among equal prefixes by the lowest metric. It never changes;
/// a new picture of the network makes a new table.
/// </summary>
/// <remarks>
/// Nested prefixes are flattened to ranges that do not overlap, so that a lookup is one binary
/// search over sorted starts, however many prefix lengths there are.
/// </remarks>
public sealed class RouteTable
{
    /// <summary>What a search returns that finds nothing.</summary>
    public const int NoRoute = -1;

    private readonly RouteEntry[] _routes;
    private readonly uint[] _ipv4Starts;
    private readonly int[] _ipv4Routes;
    private readonly UInt128[] _ipv6Starts;
    private readonly int[] _ipv6Routes;

    public RouteTable(ImmutableArray<RouteEntry> routes)
    {
        _routes = [.. routes];
        Flatten(isIpv4: true, out UInt128[] starts, out _ipv4Routes);
        _ipv4Starts = Array.ConvertAll(starts, start => (uint)start);
        Flatten(isIpv4: false, out _ipv6Starts, out _ipv6Routes);
    }

    public static RouteTable Empty { get; } = new([]);

    public int Count => _routes.Length;

    public ref readonly RouteEntry this[int index] => ref _routes[index];

    /// <summary>The index of the route for this destination, or <see cref="NoRoute"/>.</summary>
    public int Find(IpAddress destination) => destination.IsIpv4
        ? Search(_ipv4Starts, _ipv4Routes, destination.Ipv4)
        : Search(_ipv6Starts, _ipv6Routes, Bits(destination));

    /// <summary>Finds who gets a packet for this destination next.</summary>
    public bool TryFind(IpAddress destination, out NextHop hop)
    {
        int route = Find(destination);
        if (route == NoRoute)
        {
            hop = default;
            return false;
        }

        ref readonly RouteEntry entry = ref _routes[route];
        hop = new(entry.InterfaceIndex, entry.Gateway ?? destination);
        return true;
    }

    private static int Search<T>(T[] starts, int[] routes, T address)
        where T : IComparable<T>
    {
        // The last start that is not above the address.
        int low = 0;
        int high = starts.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (starts[middle].CompareTo(address) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high < 0 ? NoRoute : routes[high];
    }

    private static UInt128 Bits(IpAddress address) =>
        address.IsIpv4 ? address.Ipv4 : new UInt128(address.High, address.Low);

    private void Flatten(bool isIpv4, out UInt128[] starts, out int[] routes)
    {
        List<UInt128> boundaries = new(_routes.Length * 2);
        List<int> owners = new(_routes.Length * 2);
        Stack<(UInt128 Last, int Route)> open = new(_routes.Length);
        UInt128 highest = isIpv4 ? uint.MaxValue : UInt128.MaxValue;
        foreach (int route in InOrder(isIpv4))
        {
            IpPrefix prefix = _routes[route].Destination;
            UInt128 first = Bits(prefix.Network);
            int hostBits = prefix.MaximumLength - prefix.Length;
            UInt128 size = hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
            CloseBefore(first);
            open.Push((first | size, route));
            Begin(first, route);
        }

        CloseBefore(highest);
        starts = [.. boundaries];
        routes = [.. owners];

        void CloseBefore(UInt128 start)
        {
            while (open.Count > 0 && open.Peek().Last < start)
            {
                UInt128 last = open.Pop().Last;
                Begin(last + 1, open.Count > 0 ? open.Peek().Route : NoRoute);
            }
        }

        void Begin(UInt128 start, int route)
        {
            if (boundaries.Count > 0 && boundaries[^1] == start)
            {
                owners[^1] = route;
                return;
            }

            boundaries.Add(start);
            owners.Add(route);
        }
    }

    /// <summary>One route of each prefix, by start, and the wider before the narrower.</summary>
    private List<int> InOrder(bool isIpv4)
    {
        List<int> order = new(_routes.Length);
        for (int index = 0; index < _routes.Length; index++)
        {
            if (_routes[index].Destination.Address.IsIpv4 == isIpv4)
            {
                order.Add(index);
            }
        }

        order.Sort((left, right) =>
        {
            RouteEntry a = _routes[left];
            RouteEntry b = _routes[right];
            int byStart = a.Destination.Network.CompareTo(b.Destination.Network);
            int byLength = a.Destination.Length.CompareTo(b.Destination.Length);
            int byMetric = a.Metric.CompareTo(b.Metric);
            return byStart != 0 ? byStart
                : byLength != 0 ? byLength
                : byMetric != 0 ? byMetric
                : left.CompareTo(right);
        });
        for (int at = order.Count - 1; at > 0; at--)
        {
            IpPrefix own = _routes[order[at]].Destination;
            IpPrefix previous = _routes[order[at - 1]].Destination;
            if (own.Length == previous.Length && own.Network == previous.Network)
            {
                order.RemoveAt(at);
            }
        }

        return order;
    }
}

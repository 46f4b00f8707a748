using System;
using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>
/// The order of listings. Addresses are compared by a signed difference of 32 bits that wraps, so
/// 192.168.0.1 comes before 10.0.0.1. Such an order can run in a circle, where the result depends
/// on the way of sorting: this one merges halves, the smaller half first, as C libraries do.
/// </summary>
internal static class ListingOrder
{
    public static ImmutableArray<IpvsServiceEntry> Sort(
        ImmutableArray<IpvsServiceEntry> services) =>
        Sort(services, (left, right) => Compare(left.Service.Key, right.Service.Key));

    public static ImmutableArray<IpvsServerEntry> Sort(ImmutableArray<IpvsServerEntry> servers) =>
        Sort(servers, (left, right) => Compare(left.Server.Endpoint, right.Server.Endpoint));

    /// <summary>Mark, family, protocol, address, port.</summary>
    public static int Compare(in ServiceKey left, in ServiceKey right)
    {
        int byMark = Difference(left.Mark, right.Mark);
        if (byMark != 0)
        {
            return byMark;
        }

        if (left.Address.IsIpv4 != right.Address.IsIpv4)
        {
            return left.Address.IsIpv4 ? -1 : 1;
        }

        int byProtocol = (int)left.Protocol - (int)right.Protocol;
        if (byProtocol != 0)
        {
            return byProtocol;
        }

        int byAddress = Compare(left.Address, right.Address);
        return byAddress != 0 ? byAddress : left.Port - right.Port;
    }

    private static int Compare(in Endpoint left, in Endpoint right)
    {
        int byAddress = Compare(left.Address, right.Address);
        return byAddress != 0 ? byAddress : left.Port - right.Port;
    }

    /// <summary>Word by word of 32 bits; an IPv4 address is one word, then zeros.</summary>
    private static int Compare(in IpAddress left, in IpAddress right)
    {
        for (int index = 0; index < 4; index++)
        {
            int difference = Difference(WordOf(left, index), WordOf(right, index));
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    private static uint WordOf(in IpAddress address, int index)
    {
        if (address.IsIpv4)
        {
            return index == 0 ? address.Ipv4 : 0;
        }

        ulong half = index < 2 ? address.High : address.Low;
        return unchecked((uint)(index % 2 == 0 ? half >> 32 : half));
    }

    private static int Difference(uint left, uint right) => unchecked((int)(left - right));

    private static ImmutableArray<T> Sort<T>(ImmutableArray<T> items, Comparison<T> compare)
    {
        T[] sorted = [.. items];
        Sort(sorted, new T[sorted.Length], 0, sorted.Length, compare);
        return [.. sorted];
    }

    private static void Sort<T>(
        T[] items, T[] scratch, int start, int count, Comparison<T> compare)
    {
        if (count < 2)
        {
            return;
        }

        int half = count / 2;
        Sort(items, scratch, start, half, compare);
        Sort(items, scratch, start + half, count - half, compare);
        int left = start;
        int right = start + half;
        int end = start + count;
        for (int index = start; index < end; index++)
        {
            bool takesLeft = right == end
                || (left < start + half && compare(items[left], items[right]) <= 0);
            scratch[index] = items[takesLeft ? left++ : right++];
        }

        Array.Copy(scratch, start, items, start, count);
    }
}

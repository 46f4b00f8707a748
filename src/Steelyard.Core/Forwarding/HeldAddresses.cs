using System;
using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// The virtual addresses that the box holds now, each on an interface under the station address
/// of its virtual router.
/// </summary>
internal sealed class HeldAddresses
{
    private readonly List<Held> _held = [];
    private IpAddress[] _sorted = [];

    public int Count => _held.Count;

    /// <summary>One of our virtual addresses, on whichever interface.</summary>
    public bool Contains(IpAddress address) => Array.BinarySearch(_sorted, address) >= 0;

    public void Hold(int interfaceIndex, IpAddress address, MacAddress station)
    {
        Remove(interfaceIndex, address);
        _held.Add(new(interfaceIndex, address, station));
        Sort();
    }

    public void Release(int interfaceIndex, IpAddress address)
    {
        Remove(interfaceIndex, address);
        Sort();
    }

    /// <summary>The station addresses held on an interface, each once.</summary>
    public MacAddress[] StationsOf(int interfaceIndex)
    {
        List<MacAddress> stations = [];
        foreach (Held held in _held)
        {
            if (held.InterfaceIndex == interfaceIndex && !stations.Contains(held.Station))
            {
                stations.Add(held.Station);
            }
        }

        return [.. stations];
    }

    /// <summary>
    /// An address of a family that is held on an interface: the source of answers sent there.
    /// </summary>
    public IpAddress AddressOn(int interfaceIndex, bool isIpv4)
    {
        foreach (Held held in _held)
        {
            if (held.InterfaceIndex == interfaceIndex && held.Address.IsIpv4 == isIpv4)
            {
                return held.Address;
            }
        }

        return default;
    }

    private void Remove(int interfaceIndex, IpAddress address) =>
        _held.RemoveAll(held => held.InterfaceIndex == interfaceIndex && held.Address == address);

    private void Sort()
    {
        _sorted = new IpAddress[_held.Count];
        for (int index = 0; index < _sorted.Length; index++)
        {
            _sorted[index] = _held[index].Address;
        }

        Array.Sort(_sorted);
    }

    private readonly record struct Held(
        int InterfaceIndex, IpAddress Address, MacAddress Station);
}

using System.Collections.Immutable;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>A port that the engine drives, with what the engine knows of its interface.</summary>
internal sealed class EnginePort(IPacketPort port, int index, ForwardingCounters counters)
{
    private MacAddress[] _stations = [];

    public IPacketPort Port { get; } = port;

    /// <summary>The interface's station address, as of this turn.</summary>
    public MacAddress HardwareAddress { get; private set; } = port.HardwareAddress;

    /// <summary>Largest IP packet in octets, as of this turn.</summary>
    public int MaximumTransmissionUnit { get; private set; } = port.MaximumTransmissionUnit;

    /// <summary>The port's place in the engine.</summary>
    public int Index { get; } = index;

    public int InterfaceIndex { get; } = port.InterfaceIndex;

    public ForwardingCounters Counters { get; } = counters;

    /// <summary>The interface's own addresses.</summary>
    public ImmutableArray<IpPrefix> Addresses { get; set; } = [];

    /// <summary>Reads anew what may change while the port is attached.</summary>
    public void Renew()
    {
        HardwareAddress = Port.HardwareAddress;
        MaximumTransmissionUnit = Port.MaximumTransmissionUnit;
    }

    /// <summary>A frame for this station is the engine's, and no one else's.</summary>
    public bool HoldsStation(MacAddress station)
    {
        foreach (MacAddress held in _stations)
        {
            if (held == station)
            {
                return true;
            }
        }

        return false;
    }

    public void SetStations(MacAddress[] stations) => _stations = stations;

    /// <summary>
    /// The interface's own address on the link of this one, or its first of this family.
    /// </summary>
    public IpAddress OwnAddressFor(IpAddress peer)
    {
        IpAddress first = default;
        foreach (IpPrefix prefix in Addresses)
        {
            if (prefix.Contains(peer))
            {
                return prefix.Address;
            }

            first = first.IsNone && prefix.Address.IsIpv4 == peer.IsIpv4 ? prefix.Address : first;
        }

        return first;
    }
}

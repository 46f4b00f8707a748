using System.Collections.Immutable;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Routing;

/// <summary>
/// The kernel's interfaces and main routes at one moment, as read through netlink.
/// </summary>
public sealed record NetworkPicture(
    ImmutableArray<InterfaceState> Interfaces, ImmutableArray<RouteEntry> Routes)
{
    public static NetworkPicture Empty { get; } = new([], []);

    public InterfaceState? Find(string name)
    {
        foreach (InterfaceState candidate in Interfaces)
        {
            if (candidate.Name == name)
            {
                return candidate;
            }
        }

        return null;
    }

    public InterfaceState? Find(int interfaceIndex)
    {
        foreach (InterfaceState candidate in Interfaces)
        {
            if (candidate.Index == interfaceIndex)
            {
                return candidate;
            }
        }

        return null;
    }
}

/// <summary>One interface.</summary>
/// <param name="Index">The kernel's interface index.</param>
/// <param name="Name">As in <c>ip link</c>.</param>
/// <param name="HardwareAddress">Its own station address.</param>
/// <param name="MaximumTransmissionUnit">Largest IP packet, in bytes.</param>
/// <param name="IsUp">Administratively up, with carrier.</param>
/// <param name="Addresses">
/// Its own addresses with their prefix lengths, in the kernel's order.
/// </param>
public sealed record InterfaceState(
    int Index,
    string Name,
    MacAddress HardwareAddress,
    int MaximumTransmissionUnit,
    bool IsUp,
    ImmutableArray<IpPrefix> Addresses);

/// <summary>One unicast route.</summary>
/// <param name="Destination">Which addresses it serves.</param>
/// <param name="Gateway">The next hop; null when the destination is on the link.</param>
/// <param name="InterfaceIndex">Where it leaves.</param>
/// <param name="Metric">Of two routes to one prefix, the lower is taken.</param>
public readonly record struct RouteEntry(
    IpPrefix Destination, IpAddress? Gateway, int InterfaceIndex, int Metric);

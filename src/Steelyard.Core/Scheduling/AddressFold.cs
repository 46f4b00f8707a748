using Steelyard.Core.Wire;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// An address in 32 bits, as the hashing schedulers take it: IPv4 as it is, in host order; of
/// IPv6 the exclusive or of its four words.
/// </summary>
internal static class AddressFold
{
    public static uint Of(IpAddress address)
    {
        if (address.IsIpv4)
        {
            return address.Ipv4;
        }

        ulong folded = address.High ^ address.Low;
        return unchecked((uint)(folded >> 32) ^ (uint)folded);
    }

    /// <summary>
    /// A server of a service of either family; tunnels join the two. Of an IPv6 server an IPv4
    /// service sees the first word alone.
    /// </summary>
    public static uint Of(IpAddress address, bool isIpv4Service) =>
        isIpv4Service && !address.IsIpv4 ? (uint)(address.High >> 32) : Of(address);
}

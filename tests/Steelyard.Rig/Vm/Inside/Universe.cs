using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// The addresses that one seed draws from. Servers and clients are its own, so that what an
/// earlier seed left behind (connections, and removed servers that would come back) plays no part,
/// and a seed that fails fails alone, too.
/// </summary>
internal sealed class Universe(int seed)
{
    private const int FirstServer = 11;
    private const int ServerCount = 6;
    private const int ClientCount = 8;

    /// <summary>Held by both directors.</summary>
    internal static IReadOnlyList<string> VirtualAddresses { get; } =
        ["10.9.0.1", "10.9.0.2", "10.9.0.3", "10.9.0.4"];

    internal IReadOnlyList<string> Servers { get; } =
        [.. Enumerable.Range(FirstServer, ServerCount).Select(number => string.Create(
            CultureInfo.InvariantCulture, $"10.1.{1 + (seed % 250)}.{number}"))];

    /// <summary>What all its clients' addresses begin with.</summary>
    internal string ClientPrefix { get; } =
        string.Create(CultureInfo.InvariantCulture, $"10.{100 + (seed % 150)}.");

    internal IReadOnlyList<IpAddress> Clients { get; } =
        [.. Enumerable.Range(1, ClientCount).Select(number => IpAddress.FromIpv4(
            (uint)((10 << 24) | ((100 + (seed % 150)) << 16) | ((number % 3) << 8) | number)))];

    /// <summary>Whether some seed has a server of this address.</summary>
    internal static bool IsServer(IpAddress address) =>
        address.IsIpv4 && address.Ipv4 >> 16 == 0x0A01 && (address.Ipv4 & 0xFF) is >= FirstServer
            and < FirstServer + ServerCount;
}

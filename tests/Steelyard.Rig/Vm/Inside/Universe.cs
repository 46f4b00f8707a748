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
    /// <summary>What is sent to a marked address carries this firewall mark.</summary>
    internal const int Mark = 7;

    private const int FirstServer = 11;
    private const int ServerCount = 6;
    private const int ClientCount = 8;
    private const int ServersIpv4 = 0x0A01;
    private const uint ServersIpv6 = 0xFD00_0001;

    /// <summary>Held by both directors.</summary>
    internal static IReadOnlyList<string> VirtualAddresses { get; } =
        ["10.9.0.1", "10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5"];

    /// <inheritdoc cref="VirtualAddresses"/>
    internal static IReadOnlyList<string> VirtualAddressesIpv6 { get; } =
        ["fd00:9::1", "fd00:9::2", "fd00:9::3", "fd00:9::4", "fd00:9::5"];

    /// <summary>What all of these lie in.</summary>
    internal const string VirtualNetworkIpv6 = "fd00:9::/64";

    /// <summary>Of both lists of virtual addresses the last; the others have no mark.</summary>
    internal static int MarkedIndex { get; } = VirtualAddresses.Count - 1;

    internal IReadOnlyList<string> Servers { get; } = Each(
        ServerCount, index => $"10.1.{1 + (seed % 250)}.{FirstServer + index}");

    /// <summary>As ipvsadm wants them.</summary>
    internal IReadOnlyList<string> ServersIpv6InBrackets { get; } = Each(
        ServerCount, index => $"[fd00:1:{1 + (seed % 250)}::{FirstServer + index}]");

    /// <summary>What a listing's columns of all its clients' addresses begin with.</summary>
    internal IReadOnlyList<string> ClientPrefixes { get; } =
    [
        string.Create(CultureInfo.InvariantCulture, $" 10.{100 + (seed % 150)}."),
        string.Create(CultureInfo.InvariantCulture, $" [fd00:100:{1 + (seed % 9000)}:"),
    ];

    internal IReadOnlyList<IpAddress> Clients { get; } =
        [.. Each(ClientCount, index => $"10.{100 + (seed % 150)}.{index % 3}.{index + 1}")
            .Select(text => IpAddress.Parse(text))];

    internal IReadOnlyList<IpAddress> ClientsIpv6 { get; } =
        [.. Each(
            ClientCount,
            index => $"fd00:100:{1 + (seed % 9000)}:{1 + (index % 3)}::{1 + index}")
            .Select(text => IpAddress.Parse(text))];

    /// <summary>Whether some seed has a server of this address.</summary>
    internal static bool IsServer(IpAddress address) => address.IsIpv4
        ? address.Ipv4 >> 16 == ServersIpv4
            && (address.Ipv4 & 0xFF) is >= FirstServer and < FirstServer + ServerCount
        : address.High >> 32 == ServersIpv6
            && address.Low is >= 0x11 and <= 0x16;

    private static string[] Each(int count, System.Func<int, System.FormattableString> text) =>
        [.. Enumerable.Range(0, count).Select(
            index => text(index).ToString(CultureInfo.InvariantCulture))];
}

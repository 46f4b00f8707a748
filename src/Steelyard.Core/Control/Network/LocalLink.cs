using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Network;

/// <summary>
/// Names and addresses of the link between the engine and the box's own kernel: two interfaces
/// joined by a wire. Its networks are no one else's: 169.254.84.0/24 (RFC 3927) and
/// fd53:7465:656c::/64 (RFC 4193).
/// </summary>
public static class LocalLink
{
    /// <summary>The kernel's end, with addresses.</summary>
    public const string KernelSide = "steelyard-l0";

    /// <summary>The engine's end, without.</summary>
    public const string EngineSide = "steelyard-l1";

    /// <summary>Virtual addresses that a process may be a real server under.</summary>
    public const int LargestAddressCount = 128;

    // Above the link's two ends.
    private const int FirstAddress = 16;
    private const ulong Ipv6Network = 0xFD53_7465_656C_0000;
    private const uint Ipv4Network = 0xA9FE_5400;

    /// <summary>The engine's station: no interface's, so that the kernel leaves it alone.</summary>
    public static MacAddress EngineStation { get; } = new(0x0253_7465_656C);

    public static IpPrefix Network(bool isIpv4) =>
        new(Address(0, isIpv4), isIpv4 ? 24 : 64);

    public static IpAddress KernelAddress(bool isIpv4) => Address(1, isIpv4);

    public static IpAddress EngineAddress(bool isIpv4) => Address(2, isIpv4);

    /// <summary>The address that stands for a virtual one.</summary>
    public static IpAddress StandIn(int number, bool isIpv4) =>
        Address(FirstAddress + number, isIpv4);

    private static IpAddress Address(int host, bool isIpv4) => isIpv4
        ? IpAddress.FromIpv4(Ipv4Network | (uint)host)
        : new IpAddress(Ipv6Network, (ulong)host);
}

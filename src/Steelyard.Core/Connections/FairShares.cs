using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// Who takes how much of the connection table. While it runs short, nobody gets more of it than a
/// share: so there stays room for the others.
/// </summary>
internal sealed class FairShares
{
    /// <summary>A share of the whole: no bound.</summary>
    public const int Unbounded = 100;

    // Networks are counted together where their hashes meet: 1 M connections of as many networks
    // are 16 to a place, which no share notices.
    private const int PlaceCount = 65_536;

    // What one site has: a /24 of IPv4, a /48 of IPv6 (RFC 6177).
    private const uint Ipv4Mask = 0xFFFF_FF00;
    private const int Ipv6HostBits = 64 - 48;

    private readonly int[] _bySource = new int[PlaceCount];
    private readonly SeededHash _hash;
    private readonly int _capacity;

    public FairShares(int capacity, ulong seed)
    {
        _capacity = capacity;
        _hash = new(seed);
    }

    /// <summary>Percent of the table that one service may take.</summary>
    public int ServicePercent { get; set; } = Unbounded;

    /// <summary>Percent of the table that one network of clients may take.</summary>
    public int SourcePercent { get; set; } = Unbounded;

    public static bool AreNeighbours(IpAddress one, IpAddress other) =>
        NetworkOf(one) == NetworkOf(other);

    public void CountIn(IpAddress client, ServiceLoad load)
    {
        load.Connections++;
        _bySource[PlaceOf(client)]++;
    }

    public void CountOut(IpAddress client, ServiceLoad load)
    {
        load.Connections--;
        _bySource[PlaceOf(client)]--;
    }

    public bool HasShare(ServiceLoad load) => Has(load.Connections, ServicePercent);

    public bool HasShare(IpAddress client) => Has(_bySource[PlaceOf(client)], SourcePercent);

    private bool Has(int count, int percent) =>
        percent < Unbounded && count >= long.Max(1, (long)_capacity * percent / Unbounded);

    private uint PlaceOf(IpAddress client)
    {
        IpAddress network = NetworkOf(client);
        return _hash.Of(network.High, network.Low, rest: 0) % PlaceCount;
    }

    private static IpAddress NetworkOf(IpAddress address) => address.IsIpv4
        ? IpAddress.FromIpv4(address.Ipv4 & Ipv4Mask)
        : new(address.High >> Ipv6HostBits << Ipv6HostBits, 0);
}

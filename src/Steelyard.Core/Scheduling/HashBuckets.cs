using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// The 256 buckets of <c>sh</c> and <c>dh</c>. No secret takes part: two boxes with the same
/// servers, added in the same order, choose alike.
/// </summary>
internal sealed class HashBuckets
{
    private const int Bits = 8;
    private const int Size = 1 << Bits;

    // 2^32 divided by the square of the golden ratio: a product with it spreads near numbers
    // apart (Knuth, The Art of Computer Programming 3, §6.4).
    private const uint GoldenRatio = 0x61C88647;

    private readonly RealServer?[] _buckets = new RealServer?[Size];

    /// <summary>The server of an address; null when it takes no new connections.</summary>
    public RealServer? Pick(IpAddress address, ushort port = 0)
    {
        RealServer? server = _buckets[Hash(address, port)];
        return server is { TakesNewConnections: true } ? server : null;
    }

    /// <summary>
    /// The server of an address; when it takes no new connections, the first one that does, from
    /// as many buckets further on as the address's own bucket has before it.
    /// </summary>
    public RealServer? PickOrNext(IpAddress address, ushort port)
    {
        int home = Hash(address, port);
        RealServer? server = _buckets[home];
        for (int step = 0; step < Size && server is { TakesNewConnections: false }; step++)
        {
            server = _buckets[(home + home + step) % Size];
        }

        return server is { TakesNewConnections: true } ? server : null;
    }

    /// <summary>Deals the buckets out in list order, round after round.</summary>
    /// <param name="service">Whose servers share the buckets.</param>
    /// <param name="byWeight">
    /// As many in a row as the server weighs, but at least one; else one each.
    /// </param>
    public void Fill(VirtualService service, bool byWeight)
    {
        int server = 0;
        int dealt = 0;
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            if (service.ServerCount == 0)
            {
                _buckets[bucket] = null;
                continue;
            }

            _buckets[bucket] = service[server];
            dealt++;
            if (!byWeight || dealt >= service[server].Weight)
            {
                server = (server + 1) % service.ServerCount;
                dealt = 0;
            }
        }
    }

    private static int Hash(IpAddress address, ushort port) =>
        (int)(unchecked((AddressFold.Of(address) + port) * GoldenRatio) >> (32 - Bits));
}

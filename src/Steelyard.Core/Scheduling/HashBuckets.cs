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

    // 2^32 divided by the square of the golden ratio: a product with it spreads near numbers
    // apart (Knuth, The Art of Computer Programming 3, §6.4).
    private const uint GoldenRatio = 0x61C88647;

    private readonly RealServer?[] _buckets = new RealServer?[1 << Bits];

    /// <summary>The server of an address; null when it takes no new connections.</summary>
    public RealServer? Pick(IpAddress address)
    {
        RealServer? server = _buckets[Hash(Fold(address))];
        return server is { TakesNewConnections: true } ? server : null;
    }

    /// <summary>Deals the buckets out in list order, round after round.</summary>
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

    private static uint Fold(IpAddress address)
    {
        if (address.IsIpv4)
        {
            return address.Ipv4;
        }

        ulong folded = address.High ^ address.Low;
        return unchecked((uint)(folded >> 32) ^ (uint)folded);
    }

    private static uint Hash(uint value) => unchecked(value * GoldenRatio) >> (32 - Bits);
}

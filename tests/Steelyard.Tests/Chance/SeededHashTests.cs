using System.Linq;
using Steelyard.Core.Chance;

namespace Steelyard.Tests.Chance;

public sealed class SeededHashTests
{
    [Fact]
    public void A_seed_gives_the_same_hash_everywhere_and_another_seed_another()
    {
        uint hash = new SeededHash(1).Of(1, 2, 3, 4, 5);

        Assert.Equal(hash, new SeededHash(1).Of(1, 2, 3, 4, 5));
        Assert.NotEqual(hash, new SeededHash(2).Of(1, 2, 3, 4, 5));
    }

    /// <summary>
    /// 65,536 neighbouring flows into as many buckets: of random ones, 24,109 buckets stay empty
    /// (2^16 / e), with a deviation of about 80.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Neighbouring_flows_spread_like_random_ones(int shift)
    {
        SeededHash hash = new(42);
        bool[] isFull = new bool[65_536];

        for (ulong number = 0; number < 65_536; number++)
        {
            ulong client = 0xFFFF_0A00_0000 + (number >> 4);
            ulong ports = (6UL << 32) | ((number & 15) << 16) | 80;
            isFull[hash.Of(0, client, 0, 0xFFFF_0A09_0001, ports) >> shift & 0xFFFF] = true;
        }

        Assert.InRange(isFull.Count(full => !full), 23_600, 24_600);
    }

    [Fact]
    public void The_order_of_the_addresses_counts()
    {
        SeededHash hash = new(9);

        Assert.NotEqual(hash.Of(0, 1, 0, 2, 3), hash.Of(0, 2, 0, 1, 3));
    }
}

using System.Linq;

namespace Steelyard.Rig.Methods;

/// <summary>
/// UDP by address translation. What is larger than a link goes in fragments, which the box puts
/// together and cuts again; kernels make and join them at both ends.
/// </summary>
[Collection(MethodsFixture.Name)]
public sealed class DatagramTests(MethodsFixture fixture)
{
    /// <summary>
    /// The largest that fit in one packet of either family and the first that do not, and some of
    /// several fragments, full to the last or with a short one.
    /// </summary>
    [RootTheory]
    [InlineData(MethodsConfig.Vip)]
    [InlineData(MethodsConfig.Vip6)]
    public void Datagrams_of_all_sizes_go_and_come_whole(string address)
    {
        int[] sizes = [1, 512, 1_452, 1_453, 1_472, 1_473, 4_000, 5_912, 6_001, 8_000, 20_000];
        long[] before = fixture.World.Statistics('u', address, MethodsConfig.Udp);
        using Datagrams datagrams = new(fixture.World, address);

        foreach (int size in sizes)
        {
            datagrams.Ask(size);
        }

        long[] after = fixture.World.Statistics('u', address, MethodsConfig.Udp);
        Assert.Equal(before[0] + 1, after[0]);
        Assert.True(after[3] - before[3] >= sizes.Sum(), "octets in are counted");
        Assert.True(after[4] - before[4] >= sizes.Sum(), "octets out are counted");
        fixture.World.AssertNothingElseDropped();
    }
}

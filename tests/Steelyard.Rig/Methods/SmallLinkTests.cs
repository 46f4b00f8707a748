namespace Steelyard.Rig.Methods;

/// <summary>
/// Behind links of 1,280 octets before links of 1,500: what is too long is told to its sender, or
/// cut, and everything arrives.
/// </summary>
public sealed class SmallLinkTests(SmallLinksFixture fixture) : IClassFixture<SmallLinksFixture>
{
    private const string TooBig = "packet_too_big";

    private MethodsWorld World => fixture.World;

    [RootTheory]
    [InlineData(MethodsConfig.Vip, MethodsConfig.Files, "nginx11")]
    [InlineData(MethodsConfig.Vip6, MethodsConfig.Files, "nginx11")]
    [InlineData(MethodsConfig.Vip, MethodsConfig.FullNat, "nginx31")]
    [InlineData(MethodsConfig.Vip6, MethodsConfig.FullNat, "nginx31")]
    public void Translated_connections_carry_files_whole(string address, int port, string folder)
    {
        World.Exchange(address, port, folder);

        World.AssertNothingElseDropped(TooBig);
    }

    /// <summary>
    /// The server promises segments as long as its wire to the client takes: only the box knows
    /// that they are too long for the way there.
    /// </summary>
    [RootTheory]
    [InlineData(MethodsConfig.Shared)]
    [InlineData(MethodsConfig.Shared6)]
    public void Direct_routing_carries_files_whole(string address)
    {
        World.Exchange(address, MethodsConfig.Direct, "nginx21", repliesPass: false);

        World.AssertNothingElseDropped(TooBig);
    }

    /// <summary>Of each kind and over each family one; IPv6 inside is cut outside.</summary>
    [RootTheory]
    [InlineData(MethodsConfig.Shared, 8010)]
    [InlineData(MethodsConfig.Shared6, 8010)]
    [InlineData(MethodsConfig.Shared, 8022)]
    [InlineData(MethodsConfig.Shared6, 8022)]
    [InlineData(MethodsConfig.Shared, 8015)]
    [InlineData(MethodsConfig.Shared6, 8024)]
    public void A_tunnel_carries_files_whole(string address, int port)
    {
        using ITunnelEnd end = World.OpenTunnel(port);

        World.Exchange(address, port, "nginx21", repliesPass: false);

        Assert.Empty(end.Faults);
        World.AssertNothingElseDropped(TooBig);
    }

    /// <summary>
    /// Sizes at the edges of both links. What a sender forbids to be cut is lost once, and it
    /// learns of that.
    /// </summary>
    [RootTheory]
    [InlineData(MethodsConfig.Vip)]
    [InlineData(MethodsConfig.Vip6)]
    public void Datagrams_of_all_sizes_go_and_come_whole(string address)
    {
        using Datagrams datagrams = new(World, address);

        foreach (int size in (int[])
            [8_000, 1_400, 1_232, 1_233, 1_252, 1_253, 1_472, 1_473, 4_000, 6_001, 20_000])
        {
            datagrams.Ask(size);
        }

        World.AssertNothingElseDropped(TooBig);
    }
}

using System.Linq;

namespace Steelyard.Rig.Methods;

/// <summary>Each method carries files of 5 MB both ways, over both families, unharmed.</summary>
[Collection(MethodsFixture.Name)]
public sealed class ForwardingTests(MethodsFixture fixture)
{
    private MethodsWorld World => fixture.World;

    [RootTheory]
    [InlineData(MethodsConfig.Vip)]
    [InlineData(MethodsConfig.Vip6)]
    public void Address_translation_serves_in_turn(string address)
    {
        string url = MethodsWorld.Url(address, MethodsConfig.Web, "/name");

        string first = World.Client($"curl -gsS -m 30 {url}");
        string second = World.Client($"curl -gsS -m 30 {url}");

        Assert.Equal(["server11", "server12"], new[] { first, second }.Order());
        World.AssertNothingElseDropped();
    }

    [RootTheory]
    [InlineData(MethodsConfig.Vip)]
    [InlineData(MethodsConfig.Vip6)]
    public void Address_translation_carries_files_whole(string address)
    {
        World.Exchange(address, MethodsConfig.Files, "nginx11");

        World.AssertNothingElseDropped();
    }

    [RootTheory]
    [InlineData(MethodsConfig.Shared)]
    [InlineData(MethodsConfig.Shared6)]
    public void Direct_routing_carries_files_whole(string address)
    {
        World.Exchange(address, MethodsConfig.Direct, "nginx21", repliesPass: false);

        World.AssertNothingElseDropped();
    }

    [RootTheory]
    [InlineData(MethodsConfig.Vip)]
    [InlineData(MethodsConfig.Vip6)]
    public void Full_translation_serves_from_a_server_that_has_no_route_back(string address)
    {
        string routes = World.Box.In("server31", "ip route show default")
            + World.Box.In("server31", "ip -6 route show default");
        string url = MethodsWorld.Url(address, MethodsConfig.FullNat, "/peer");

        string peer = World.Client($"curl -gsS -m 30 {url}");
        World.Exchange(address, MethodsConfig.FullNat, "nginx31");

        Assert.Empty(routes);
        Assert.Matches("^(10[.]0[.]0|fd00:b:)[.:]20[12]$", peer);
        World.AssertNothingElseDropped();
    }

    [RootTheory]
    [InlineData("192.168.100.20", MethodsConfig.Vip)]
    [InlineData("fd00:a::20", MethodsConfig.Vip6)]
    public void A_server_reaches_the_world_under_the_boxs_address(string web, string vip)
    {
        string large = MethodsWorld.Url(web, 80, "/large");

        string peer = World.Box.In(
            "server11", $"curl -gsS -m 30 {MethodsWorld.Url(web, 80, "/peer")}");
        string sum = World.Box.In("server11", $"sh -c \"curl -gsS -m 60 {large} | sha256sum\"");

        Assert.Equal(vip, peer);
        Assert.Equal(MethodsWorld.Sum(World.Box.Folder + "/nginxweb/large"), sum);
        World.AssertNothingElseDropped();
    }
}

using System.Linq;

namespace Steelyard.Rig.Methods;

/// <summary>
/// Every kind of tunnel, over both families and for both; the kernel's own devices take them apart,
/// or a program where the kernel has none.
/// </summary>
[Collection(MethodsFixture.Name)]
public sealed class TunnelTests(MethodsFixture fixture)
{
    /// <summary>Every tunnel for both families.</summary>
    public static TheoryData<string, int> Ports()
    {
        TheoryData<string, int> data = [];
        foreach (int port in MethodsConfig.Tunnels.Select(tunnel => tunnel.Port))
        {
            data.Add(MethodsConfig.Shared, port);
            data.Add(MethodsConfig.Shared6, port);
        }

        return data;
    }

    [RootTheory]
    [MemberData(nameof(Ports))]
    public void A_tunnel_carries_files_whole(string address, int port)
    {
        using ITunnelEnd end = fixture.World.OpenTunnel(port);

        fixture.World.Exchange(address, port, "nginx21", repliesPass: false);

        Assert.Empty(end.Faults);
        fixture.World.AssertNothingElseDropped("packet_too_big");
    }
}

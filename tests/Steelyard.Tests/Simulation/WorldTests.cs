using System.Buffers.Binary;
using System.IO;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;

namespace Steelyard.Tests.Simulation;

/// <summary>
/// The pair in all weathers. A seed that fails replays, with all that happened in it:
/// <c>dotnet run --project tests/Steelyard.Simulation -- SEED</c>.
/// </summary>
public sealed class WorldTests
{
    private const int Seeds = 1000;
    private const int Shares = 10;

    public static TheoryData<int> AllShares()
    {
        var shares = new TheoryData<int>();
        for (int share = 0; share < Shares; share++)
        {
            shares.Add(share);
        }

        return shares;
    }

    [Theory]
    [MemberData(nameof(AllShares))]
    public void Nothing_that_must_not_happen_happens_in_a_thousand_worlds(int share)
    {
        int requests = 0;
        int calm = 0;
        for (int index = 0; index < Seeds / Shares; index++)
        {
            ulong seed = (ulong)((share * (Seeds / Shares)) + index);
            try
            {
                Outcome outcome = new World(seed).Run();
                requests += outcome.Requests;
                calm += outcome.IsCalm ? 1 : 0;
            }
            catch (ViolationException violation)
            {
                Assert.Fail($"seed {seed}: {violation.Message}");
            }
        }

        Assert.True(requests > 20 * (Seeds / Shares), "clients had much to ask");
        Assert.True(calm > 10, "and in some worlds nothing was broken");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(77)]
    public void A_seed_replays_byte_for_byte(ulong seed)
    {
        string first = Run(seed);
        string second = Run(seed);

        Assert.True(first.Length > 100_000);
        Assert.Equal(first, second);
        Assert.NotEqual(first, Run(seed + 4));
    }

    /// <summary>Seed 4 has a planned failover and no fault.</summary>
    [Theory]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Nat)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Direct)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.Tunnel)]
    [InlineData(TransportProtocol.Tcp, ForwardingMethod.FullNat)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Nat)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Direct)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.Tunnel)]
    [InlineData(TransportProtocol.Udp, ForwardingMethod.FullNat)]
    public void Every_kind_of_service_is_used_and_seen(
        TransportProtocol protocol, ForwardingMethod method)
    {
        var world = new World(4, scenario: new(protocol, method, "wlc", IsPersistent: true));

        Outcome outcome = world.Run();

        Assert.True(outcome.IsCalm);
        Assert.True(outcome.Failed < outcome.Requests / 2);
        Assert.True(world.Ledger.Forwarded > 3 * outcome.Requests);
    }

    [Fact]
    public void The_ledger_finds_each_wrong_checksum()
    {
        byte[] good = Segment(1);
        var world = new World(1, scenario: Scenario.Plain);
        var box = new SimulatedBox(world, 0, new(1));

        world.Ledger.OnSent(box, 1, good, false);
        for (int at = 14; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x10;
            _ = Assert.Throws<ViolationException>(() => world.Ledger.OnSent(box, 1, bad, false));
        }
    }

    [Fact]
    public void The_ledger_finds_a_connection_that_moves()
    {
        var world = new World(1, scenario: Scenario.Plain);
        var box = new SimulatedBox(world, 0, new(1));

        world.Ledger.OnSent(box, 1, Segment(1), false);
        world.Ledger.OnSent(box, 1, Segment(1), false);

        _ = Assert.Throws<ViolationException>(() => world.Ledger.OnSent(box, 1, Segment(2), false));
    }

    [Fact]
    public void The_ledger_finds_a_packet_that_both_boxes_forward()
    {
        var world = new World(1, scenario: Scenario.Plain);
        world.Ledger.WholeFrom = Instant.Zero;

        world.Ledger.OnSent(new SimulatedBox(world, 0, new(1)), 1, Segment(1), false);

        _ = Assert.Throws<ViolationException>(() => world.Ledger.OnSent(
            new SimulatedBox(world, 1, new(1)), 1, Segment(1), false));
    }

    private static byte[] Segment(int server) => new TcpFrame(
        new(IpAddress.Parse("10.0.0.1"), 20_000),
        new(SimulatedServer.AddressOf(server), SimulatedServer.Port),
        TcpFlags.Acknowledgment,
        1001,
        BinaryPrimitives.ReverseEndianness(1u),
        new byte[10],
        7).Write(new(0x02_00_00_01_00_01), new(0x02_00_00_00_0A_02));

    private static string Run(ulong seed)
    {
        using var trace = new StringWriter();
        trace.WriteLine(new World(seed, trace).Run());
        return trace.ToString();
    }
}

using System;
using System.Linq;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>Hosts behind the box: their places are bounded, and all made at once.</summary>
public sealed class MasqueradeHostsTests
{
    // More than there are places, so that each host is new when its turn comes.
    private const int HostCount = 5000;
    private const int Batch = 16;

    [Fact]
    public void New_hosts_cost_no_memory_even_when_all_places_have_been_taken()
    {
        Engine engine = new(new EngineOptions { ConnectionCapacity = 256 });
        MemoryPort outside = new("outside", 1, TestBox.OutsideMac, Batch);
        MemoryPort inside = new("inside", 2, TestBox.InsideMac, Batch);
        Configure(engine, outside, inside);
        byte[][] frames = [.. Enumerable.Range(0, HostCount).Select(FrameOf)];
        Instant now = Instant.Zero + TimeSpan.FromSeconds(1);

        long allocated = Allocation.LeastOf(() => SendAll(engine, inside, frames, ref now));

        Assert.Equal(0, allocated);
        Assert.Equal(5 * HostCount, engine.Counters.ConnectionsCreated);
        Assert.Equal(0, engine.Counters.HostsRefused);
    }

    [Fact]
    public void A_host_without_connections_gives_its_place_to_the_next()
    {
        MasqueradeHosts hosts = new(capacity: 2);
        RealServer first = hosts.Find(TestBox.Address("10.1.0.1"))!;
        RealServer second = hosts.Find(TestBox.Address("10.1.0.2"))!;
        first.InactiveConnections = 1;

        RealServer? third = hosts.Find(TestBox.Address("10.1.0.3"));

        Assert.Same(second, third);
        Assert.Equal(TestBox.At("10.1.0.3:0"), third!.Endpoint);
        Assert.Same(first, hosts.Find(TestBox.Address("10.1.0.1")));
    }

    [Fact]
    public void When_all_hosts_have_connections_the_next_is_refused_until_one_has_none()
    {
        MasqueradeHosts hosts = new(capacity: 1);
        RealServer first = hosts.Find(TestBox.Address("10.1.0.1"))!;
        first.ActiveConnections = 1;
        RealServer? refused = hosts.Find(TestBox.Address("10.1.0.2"));
        first.ActiveConnections = 0;

        RealServer? next = hosts.Find(TestBox.Address("10.1.0.2"));

        Assert.Null(refused);
        Assert.NotNull(next);
    }

    [Fact]
    public void A_refused_hosts_packet_is_dropped_and_counted()
    {
        TestBox box = new();
        Assert.True(IpPrefix.TryParse("10.1.0.0/24", out IpPrefix inside));
        box.Command(new ReplaceMasquerades([new(inside, TestBox.Address("10.9.0.4"))]));
        box.Turn();
        box.Engine.MasqueradeHosts = new(capacity: 1);
        box.FromServer(PacketBuilder.Udp("10.1.0.15:5000", "198.51.100.7:53").Payload(20));

        SentFrame[] sent =
            box.FromServer(PacketBuilder.Udp("10.1.0.16:5000", "198.51.100.7:53").Payload(20));

        Assert.Empty(sent);
        Assert.Equal(1, box.Engine.Counters.HostsRefused);
        Assert.Equal(1, box.InsideCounters[DropReason.ConnectionTableFull]);
    }

    private static void SendAll(
        Engine engine, MemoryPort inside, byte[][] frames, ref Instant now)
    {
        for (int first = 0; first < frames.Length; first += Batch)
        {
            foreach (byte[] frame in
                frames.AsSpan(first, int.Min(Batch, frames.Length - first)))
            {
                _ = inside.Deliver(frame);
            }

            engine.Turn(now);
            now += TimeSpan.FromSeconds(301);
            engine.Turn(now);
            while (engine.Events.TryTake(out _))
            {
            }
        }
    }

    private static byte[] FrameOf(int host) =>
        PacketBuilder.Udp($"10.1.{host / 250}.{1 + (host % 250)}:5000", "198.51.100.7:53")
            .Payload(20).Frame(TestBox.InsideVirtual, TestBox.ServerMac(11));

    private static void Configure(Engine engine, MemoryPort outside, MemoryPort inside)
    {
        IpAddress own = IpAddress.Parse("10.9.0.4");
        IEngineCommand[] commands =
        [
            new AttachPort(outside),
            new AttachPort(inside),
            new HoldAddress(1, own, TestBox.OutsideVirtual),
            new HoldAddress(2, IpAddress.Parse("10.1.255.254"), TestBox.InsideVirtual),
            new ReplaceRoutes(new RouteTable(
            [
                new(new(IpAddress.FromIpv4(0), 0), IpAddress.Parse("10.254.0.2"), 1, 0),
                new(new(IpAddress.Parse("10.1.0.0"), 16), null, 2, 0),
            ])),
            new NeighbourLearned(1, IpAddress.Parse("10.254.0.2"), TestBox.RouterMac),
            new ReplaceMasquerades([new(new(IpAddress.Parse("10.1.0.0"), 16), own)]),
        ];
        foreach (IEngineCommand command in commands)
        {
            Assert.True(engine.Commands.TryPut(command));
        }
    }
}

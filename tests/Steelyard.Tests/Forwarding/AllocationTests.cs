using System;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>A turn allocates nothing, whatever the frames are.</summary>
public class AllocationTests
{
    [Fact]
    public void A_thousand_turns_allocate_nothing()
    {
        Engine engine = new(new EngineOptions
        {
            ConnectionCapacity = 4096,
            UpkeepPerTurn = 1 << 14,
        });
        MemoryPort outside = new("outside", 1, TestBox.OutsideMac, slots: 16);
        MemoryPort inside = new("inside", 2, TestBox.InsideMac, slots: 16);
        Configure(engine, outside, inside);
        byte[][] frames = Frames();
        Instant now = Instant.Zero + TimeSpan.FromSeconds(1);
        for (int warmUp = 0; warmUp < 200; warmUp++)
        {
            Step(engine, outside, inside, frames, ref now);
        }

        long allocated = Allocation.LeastOf(() =>
        {
            for (int turn = 0; turn < 1000; turn++)
            {
                Step(engine, outside, inside, frames, ref now);
            }
        });

        Assert.Equal(0, allocated);
        Assert.True(engine.Counters.ConnectionsExpired > 1000);
        Assert.True(outside.Counters.TransmittedPackets > 1000);
        Assert.True(inside.Counters.TransmittedPackets > 1000);
    }

    private static void Step(
        Engine engine, MemoryPort outside, MemoryPort inside, byte[][] frames, ref Instant now)
    {
        foreach (byte[] frame in frames)
        {
            bool fromServer = MacAddress.Read(frame) == TestBox.InsideVirtual;
            Assert.True((fromServer ? inside : outside).Deliver(frame));
        }

        // Longer than ESTABLISHED lasts: what the first turn makes expires in the second.
        engine.Turn(now);
        now += TimeSpan.FromSeconds(1000);
        engine.Turn(now);
        while (engine.Events.TryTake(out _))
        {
        }
    }

    private static byte[][] Frames() =>
    [
        FromClient(PacketBuilder.Tcp("10.0.0.1:40001", "10.9.0.1:80")),
        FromClient(PacketBuilder.Tcp("10.0.0.1:40001", "10.9.0.1:80")
            .Flags(TcpFlags.Acknowledgment).Payload(100)),
        PacketBuilder.Tcp("10.1.0.11:80", "10.0.0.1:40001").Flags(TcpFlags.Acknowledgment)
            .Frame(TestBox.InsideVirtual, TestBox.ServerMac(11)),
        FromClient(PacketBuilder.Udp("10.0.0.1:40001", "10.9.0.1:53").Payload(9)),
        FromClient(PacketBuilder.Tcp("10.0.0.1:40001", "10.9.0.1:81")),
        FromClient(PacketBuilder.Udp("10.0.0.1:40001", "10.9.0.1:81")),
        FromClient(PacketBuilder.EchoRequest("10.0.0.1", "10.9.0.1")),
        FromClient(PacketBuilder.Tcp("10.0.0.1:40001", "10.9.0.1:80").TimeToLive(1)),
        FromClient(PacketBuilder.Tcp("10.0.0.1:40002", "10.9.0.1:80")
            .MayBeCut().Payload(1900)),
        FromClient(PacketBuilder.Tcp("10.0.0.1:40003", "10.9.0.1:80").Payload(1900)),
        new byte[9],
    ];

    private static byte[] FromClient(PacketBuilder packet) =>
        packet.Frame(TestBox.OutsideVirtual, TestBox.RouterMac);

    private static void Configure(Engine engine, MemoryPort outside, MemoryPort inside)
    {
        IpAddress vip = IpAddress.Parse("10.9.0.1");
        VirtualService web = new(new(TransportProtocol.Tcp, vip, 80), Schedulers.Create("wlc"));
        VirtualService names = new(new(TransportProtocol.Udp, vip, 53), Schedulers.Create("rr"));
        IEngineCommand[] commands =
        [
            new AttachPort(outside),
            new AttachPort(inside),
            new HoldAddress(1, vip, TestBox.OutsideVirtual),
            new HoldAddress(2, IpAddress.Parse("10.1.0.254"), TestBox.InsideVirtual),
            new ReplaceRoutes(new RouteTable(
            [
                new(new(IpAddress.FromIpv4(0), 0), IpAddress.Parse("10.254.0.2"), 1, 0),
                new(new(IpAddress.Parse("10.1.0.0"), 24), null, 2, 0),
            ])),
            new NeighbourLearned(1, IpAddress.Parse("10.254.0.2"), TestBox.RouterMac),
            new AddService(web),
            new AddService(names),
            new AddServer(web.Key, new(TestBox.At("10.1.0.11:80"), ForwardingMethod.Nat, 1)),
            new AddServer(names.Key, new(TestBox.At("10.1.0.12:53"), ForwardingMethod.Direct, 1)),
            new NeighbourLearned(2, IpAddress.Parse("10.1.0.11"), TestBox.ServerMac(11)),
        ];
        foreach (IEngineCommand command in commands)
        {
            Assert.True(engine.Commands.TryPut(command));
        }
    }
}

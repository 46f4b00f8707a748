using System;
using System.Collections.Generic;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>A frame that the box sent, and by which port.</summary>
internal sealed record SentFrame(MemoryPort Port, byte[] Octets, FrameOffload Offload)
{
    public MacAddress Destination => MacAddress.Read(Octets);

    public MacAddress Source => MacAddress.Read(Octets.AsSpan(6));

    /// <summary>The IP packet.</summary>
    public byte[] Packet => Octets[14..];
}

/// <summary>
/// An engine between two links, as in the recordings: clients behind a router on the outside,
/// servers 10.1.0.11 to 10.1.0.30 on the inside; it holds 10.9.0.1 to 10.9.0.4, and inside the
/// servers' gateway.
/// </summary>
internal sealed class TestBox
{
    public const int OutsideIndex = 1;
    public const int InsideIndex = 2;

    public static readonly MacAddress OutsideMac = new(0x02_00_00_00_00_01);
    public static readonly MacAddress InsideMac = new(0x02_00_00_00_00_02);
    public static readonly MacAddress RouterMac = new(0x02_00_00_00_00_FE);
    public static readonly MacAddress OutsideVirtual = MacAddress.VirtualRouterIpv4(51);
    public static readonly MacAddress InsideVirtual = MacAddress.VirtualRouterIpv4(52);

    private readonly List<SentFrame> _sent = [];

    public TestBox(
        EngineOptions? options = null,
        bool knowsNeighbours = true,
        int slots = 16,
        int slotLength = 65_600)
    {
        Engine = new(options ?? new EngineOptions { ConnectionCapacity = 1024 });
        Outside = Port("outside", OutsideIndex, OutsideMac, slots, slotLength);
        Inside = Port("inside", InsideIndex, InsideMac, slots, slotLength);
        AttachPort outside = new(Outside);
        AttachPort inside = new(Inside);
        OutsideCounters = outside.Counters;
        InsideCounters = inside.Counters;
        Command(outside);
        Command(inside);
        Command(new SetInterfaceAddresses(OutsideIndex, [Prefix("10.254.0.1/30")]));
        Command(new SetInterfaceAddresses(InsideIndex, [Prefix("10.1.0.1/24")]));
        Command(new ReplaceRoutes(new RouteTable(
        [
            new(Prefix("0.0.0.0/0"), Address("10.254.0.2"), OutsideIndex, 0),
            new(Prefix("10.254.0.0/30"), null, OutsideIndex, 0),
            new(Prefix("10.1.0.0/24"), null, InsideIndex, 0),
            new(Prefix("172.16.0.0/16"), null, 99, 0),
        ])));
        for (int number = 1; number <= 4; number++)
        {
            Command(new HoldAddress(OutsideIndex, Address($"10.9.0.{number}"), OutsideVirtual));
        }

        Command(new HoldAddress(InsideIndex, Address("10.1.0.254"), InsideVirtual));
        if (knowsNeighbours)
        {
            LearnNeighbours();
        }

        Turn();
    }

    public Engine Engine { get; }

    public MemoryPort Outside { get; }

    public MemoryPort Inside { get; }

    public ForwardingCounters OutsideCounters { get; }

    public ForwardingCounters InsideCounters { get; }

    public Instant Now { get; set; } = Instant.Zero + TimeSpan.FromSeconds(1000);

    public static IpAddress Address(string text) => IpAddress.Parse(text);

    public static MacAddress ServerMac(int number) => new(0x02_00_00_01_00_00 + (ulong)number);

    public static Endpoint At(string text)
    {
        Assert.True(Endpoint.TryParse(text, out Endpoint endpoint), text);
        return endpoint;
    }

    public void LearnNeighbours()
    {
        Command(new NeighbourLearned(OutsideIndex, Address("10.254.0.2"), RouterMac));
        for (int number = 11; number <= 30; number++)
        {
            Command(new NeighbourLearned(
                InsideIndex, Address($"10.1.0.{number}"), ServerMac(number)));
        }
    }

    public VirtualService AddService(
        TransportProtocol protocol, string endpoint, string scheduler = "rr")
    {
        Endpoint at = At(endpoint);
        VirtualService service =
            new(new(protocol, at.Address, at.Port), Schedulers.Create(scheduler));
        Command(new AddService(service));
        return service;
    }

    public RealServer AddServer(
        VirtualService service, string endpoint, ForwardingMethod method, int weight = 1)
    {
        RealServer server = new(At(endpoint), method, weight);
        Command(new AddServer(service.Key, server));
        return server;
    }

    public void Command(IEngineCommand command)
    {
        if (!Engine.Commands.TryPut(command))
        {
            Turn();
            Assert.True(Engine.Commands.TryPut(command));
        }
    }

    public void Turn()
    {
        do
        {
            Engine.Turn(Now);
        }
        while (!Engine.Commands.IsEmpty);
    }

    /// <summary>Sends a packet of a client to the box, and returns all that comes out.</summary>
    public SentFrame[] FromClient(ReadOnlySpan<byte> packet, FrameOffload offload = default) =>
        Send(Outside, PacketBuilder.InFrame(packet, OutsideVirtual, RouterMac), offload);

    public SentFrame[] FromClient(PacketBuilder packet) => FromClient(packet.Build());

    /// <summary>Sends a packet of a server to its gateway.</summary>
    public SentFrame[] FromServer(
        ReadOnlySpan<byte> packet, FrameOffload offload = default, int number = 11) =>
        Send(Inside, PacketBuilder.InFrame(packet, InsideVirtual, ServerMac(number)), offload);

    public SentFrame[] FromServer(PacketBuilder packet) => FromServer(packet.Build());

    public SentFrame[] Send(
        MemoryPort port, ReadOnlySpan<byte> frame, FrameOffload offload = default)
    {
        Assert.True(port.Deliver(frame, offload));
        Turn();
        return TakeSent();
    }

    /// <summary>
    /// The next hops that the engine asked for since the last call, and no other news.
    /// </summary>
    public IpAddress[] TakeWanted()
    {
        List<IpAddress> wanted = [];
        while (Engine.Events.TryTake(out EngineEvent news))
        {
            if (news.Kind == EngineEventKind.NeighbourWanted)
            {
                wanted.Add(news.Address);
                Assert.Equal(InsideIndex, news.InterfaceIndex);
            }
        }

        return [.. wanted];
    }

    /// <summary>All frames sent since the last call.</summary>
    public SentFrame[] TakeSent()
    {
        SentFrame[] sent = [.. _sent];
        _sent.Clear();
        return sent;
    }

    /// <summary>The rule of conservation: each frame has one fate.</summary>
    public void CheckConservation()
    {
        long received = 0;
        long sent = 0;
        long expectedSent = 0;
        foreach (ForwardingCounters counters in new[] { OutsideCounters, InsideCounters })
        {
            Assert.Equal(
                counters.Received,
                counters.NotOurs + counters.Forwarded + counters.Answered + counters.Cut
                    + counters.Waiting + counters.Gathered + counters.Dropped);
            received += counters.Received;
            expectedSent += counters.Forwarded + counters.Answered + counters.Made;
        }

        sent += Outside.Counters.TransmittedPackets + Inside.Counters.TransmittedPackets;
        Assert.Equal(
            Outside.Counters.ReceivedPackets + Inside.Counters.ReceivedPackets, received);
        Assert.Equal(expectedSent, sent);
    }

    private static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix), text);
        return prefix;
    }

    private MemoryPort Port(
        string name, int index, MacAddress mac, int slots, int slotLength)
    {
        MemoryPort port = new(name, index, mac, slots, slotLength);
        port.Taker = (ReadOnlySpan<byte> frame, in FrameOffload offload) =>
            _sent.Add(new(port, frame.ToArray(), offload));
        return port;
    }
}

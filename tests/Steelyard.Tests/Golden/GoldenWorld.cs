using System;
using System.Collections.Generic;
using Steelyard.Core.Chance;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Simulation;
using Steelyard.Tests.Control;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Ipvsadm;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// The recordings' director, made of the real parts: engine, controller and <c>ipvsadm</c>
/// between two links, under a clock that moves only when told.
/// </summary>
internal sealed class GoldenWorld
{
    private readonly List<Sighting> _seen = [];
    private readonly Engine _engine;
    private readonly RecordingEffects _effects;
    private readonly EngineBox _box;
    private readonly MemoryPort _outside;
    private readonly MemoryPort _inside;
    private readonly MemoryPort _local;
    private readonly ForwardingCounters[] _counters;

    /// <summary>What is wrong with the checksums of the packet that went in last.</summary>
    private string? _fault;

    /// <param name="held">Virtual addresses.</param>
    public GoldenWorld(
        IEnumerable<IpAddress> held, int clientSideMtu = 65_535, int serverSideMtu = 65_535)
    {
        _engine = new(new EngineOptions { ConnectionCapacity = 4096 });
        _effects = new(_engine) { Now = Instant.Zero + TimeSpan.FromSeconds(1000) };
        Controller = new(
            new BoxIdentity("box", "test", Instant.Zero), _engine, _effects, new SeededChance(1));
        _box = new(Controller, _engine, () => Now);
        _outside = Port("c0", TestBox.OutsideIndex, TestBox.OutsideMac, clientSideMtu);
        _inside = Port("s0", TestBox.InsideIndex, TestBox.InsideMac, serverSideMtu);
        _local = KernelStack.Port(serverSideMtu);
        AttachPort[] attached = [new(_outside), new(_inside), new(_local)];
        _counters = Array.ConvertAll(attached, port => port.Counters);
        foreach (AttachPort port in attached)
        {
            Command(port);
        }

        Controller.OnNetwork(Topology.Picture(clientSideMtu, serverSideMtu), Now);
        Controller.OnPortsChanged([.. attached], Now);
        Hold(held);
        LearnNeighbours();
        Turn();
    }

    public Controller Controller { get; }

    public Instant Now => _effects.Now;

    public void Command(IEngineCommand command) => Assert.True(_effects.TryCommand(command));

    /// <summary>Puts a client's packet in; returns everything that comes out.</summary>
    public Sighting[] FromClient(byte[] packet) => Send(_outside, PacketBuilder.InFrame(
        packet, TestBox.OutsideVirtual, TestBox.RouterMac, TypeOf(packet)));

    /// <summary>Puts a server's packet in, on its way to its gateway.</summary>
    public Sighting[] FromServer(byte[] packet, IpAddress server) => Send(
        _inside,
        PacketBuilder.InFrame(
            packet, TestBox.InsideVirtual, Topology.StationOf(server), TypeOf(packet)));

    /// <summary>Time passes, and everybody does what is due meanwhile.</summary>
    public void Wait(TimeSpan time)
    {
        Instant end = Now + time;
        while (true)
        {
            Instant next = Instant.Earlier(_engine.Deadline, Controller.Deadline);
            if (next > end)
            {
                _effects.Now = end;
                Turn();
                return;
            }

            _effects.Now = next > Now ? next : Now;
            Turn();
            Controller.OnDeadline(Now);
        }
    }

    /// <summary>Runs a command line of <c>ipvsadm</c>.</summary>
    public (int Code, string Output, string Error) Ipvsadm(string arguments, string input = "")
    {
        (int, string, string) result = _box.Run(arguments, input);
        Turn();
        return result;
    }

    /// <summary>Each frame has one fate.</summary>
    public void CheckConservation()
    {
        foreach (ForwardingCounters counters in _counters)
        {
            Assert.Equal(
                counters.Received,
                counters.NotOurs + counters.Forwarded + counters.Answered + counters.Cut
                    + counters.Waiting + counters.Gathered + counters.Dropped);
        }
    }

    private static ushort TypeOf(byte[] packet) =>
        packet[0] >> 4 == 4 ? (ushort)EtherType.Ipv4 : (ushort)EtherType.Ipv6;

    private void Hold(IEnumerable<IpAddress> held)
    {
        foreach (IpAddress address in held)
        {
            Command(new HoldAddress(TestBox.OutsideIndex, address, TestBox.OutsideVirtual));
        }

        foreach (IpAddress gateway in Topology.Gateways)
        {
            Command(new HoldAddress(TestBox.InsideIndex, gateway, TestBox.InsideVirtual));
        }
    }

    private void LearnNeighbours()
    {
        foreach (IpAddress router in Topology.Routers)
        {
            Command(new NeighbourLearned(TestBox.OutsideIndex, router, TestBox.RouterMac));
        }

        foreach (int number in Topology.Servers)
        {
            foreach (bool isIpv4 in new[] { true, false })
            {
                Command(new NeighbourLearned(
                    TestBox.InsideIndex,
                    Topology.Server(number, isIpv4),
                    TestBox.ServerMac(number)));
            }
        }
    }

    private Sighting[] Send(MemoryPort port, ReadOnlySpan<byte> frame)
    {
        _seen.Clear();
        _fault = PacketSums.FaultOf(frame[EthernetFrame.HeaderLength..]);
        Assert.True(port.Deliver(frame));
        Turn();
        return [.. _seen];
    }

    private void Turn()
    {
        do
        {
            _engine.Turn(Now);
        }
        while (!_engine.Commands.IsEmpty || _local.Delivered > 0);
    }

    private MemoryPort Port(string name, int index, MacAddress station, int mtu)
    {
        MemoryPort port = new(name, index, station, slots: 4, slotLength: 65_600)
        {
            MaximumTransmissionUnit = mtu,
        };
        port.Taker = (ReadOnlySpan<byte> frame, in FrameOffload offload) =>
            _seen.Add(new(new SentFrame(port, frame.ToArray(), offload), _fault));
        return port;
    }
}

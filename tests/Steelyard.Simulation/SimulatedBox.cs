using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Routing;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>One box: its real controller and engine, with the simulated world for a body.</summary>
public sealed class SimulatedBox : IControlEffects
{
    /// <summary>Wires 0 and 1 are the interfaces with indexes 1 and 2.</summary>
    private const int Wires = 2;
    private const int LongestInbox = 256;
    private static readonly TimeSpan LongestLatency = TimeSpan.FromMicroseconds(60);
    private static readonly MacAddress VrrpGroup =
        MacAddress.OfGroup(VrrpAdvertisement.GroupIpv4);

    private static readonly MacAddress AllNodes = MacAddress.OfGroup(NeighbourDiscovery.AllNodes);

    private readonly World _world;
    private readonly SeededChance _chance;
    private readonly int[] _plugs = new int[Wires];
    private readonly Queue<(int Wire, byte[] Frame)> _frames = new();
    private readonly Queue<byte[]> _datagrams = new();
    private readonly Queue<Action<Controller, Instant>> _wishes = new();
    private readonly List<(int Wire, MacAddress Station)> _stations = [];
    private readonly bool[] _cableOut = new bool[Wires];
    private MemoryPort[] _ports = [];
    private ForwardingCounters[] _counters = [];
    private Engine? _engine;
    private Instant _wakeAt = Instant.Never;
    private Instant _pausedUntil;
    private bool _transportMayBeWrong;

    public SimulatedBox(World world, int index, SeededChance chance)
    {
        _world = world;
        _chance = chance;
        Index = index;
        for (int wire = 0; wire < Wires; wire++)
        {
            int plugged = wire;
            _plugs[wire] = world.Segment(wire).Plug(
                index, (octets, isBent) => OnFrame(plugged, octets, isBent));
        }
    }

    public int Index { get; }

    public string Name => Index == 0 ? "a" : "b";

    /// <summary>How often it has been started.</summary>
    public int Life { get; private set; }

    /// <summary>Null while the box is dead.</summary>
    public Controller? Controller { get; private set; }

    public bool IsPaused => _world.Agenda.Now < _pausedUntil;

    public void Start()
    {
        Life++;
        Instant now = _world.Agenda.Now;
        _engine = new(new EngineOptions
        {
            ConnectionCapacity = 512,
            CommandQueue = 256,
            EventQueue = 512,
            NeighbourCapacity = 64,
            WaitingFrames = 16,
            WaitingFramesPerNeighbour = 8,
            HashSeed = _chance.NextBits(),
        });
        _ports = [MakePort(0), MakePort(1)];
        Controller = new(
            new BoxIdentity(Name, "simulated", now), _engine, this, _chance.Fork());
        AttachPort[] attached = [new(_ports[0]), new(_ports[1])];
        _counters = [attached[0].Counters, attached[1].Counters];
        Controller.OnNetwork(Picture(), now);
        Controller.Configure(Layout.Config(Index, _world.Scenario, _world.IsKeyed), now);
        foreach (AttachPort attach in attached)
        {
            _ = TryCommand(attach);
        }

        Controller.OnPortsChanged([.. attached], now);
        Wake(now);
    }

    /// <summary>Gone without a word.</summary>
    public void Crash()
    {
        Controller = null;
        _engine = null;
        _frames.Clear();
        _datagrams.Clear();
        _wishes.Clear();
        _stations.Clear();
        _wakeAt = Instant.Never;
    }

    public void PauseUntil(Instant until) => _pausedUntil = until;

    public void OnCable(int wire, bool isOut)
    {
        _cableOut[wire] = isOut;
        Wish((controller, now) => controller.OnNetwork(Picture(), now));
    }

    /// <summary>Something to be done by the control loop.</summary>
    public void Wish(Action<Controller, Instant> wish)
    {
        if (Controller is not null)
        {
            _wishes.Enqueue(wish);
            WakeSoon();
        }
    }

    public void OnDatagram(byte[] datagram)
    {
        if (Controller is not null && _datagrams.Count < LongestInbox)
        {
            _datagrams.Enqueue(datagram);
            WakeSoon();
        }
    }

    void IControlEffects.SendFrame(int interfaceIndex, ReadOnlySpan<byte> frame) =>
        Emit(interfaceIndex - 1, frame);

    void IControlEffects.SendToTwin(ReadOnlySpan<byte> datagram) =>
        _world.Sync.Send(Index, datagram);

    void IControlEffects.SendAsSyncMaster(ReadOnlySpan<byte> datagram)
    {
        // No command starts a sync daemon in this world.
    }

    public bool TryCommand(IEngineCommand command) => _engine!.Commands.TryPut(command);

    void IControlEffects.AcceptStation(int interfaceIndex, MacAddress address, bool accepts)
    {
        (int, MacAddress) station = (interfaceIndex - 1, address);
        _ = _stations.Remove(station);
        if (accepts)
        {
            _stations.Add(station);
        }
    }

    void IControlEffects.TakeRouted(ImmutableArray<IpAddress> held)
    {
        // Here no router has a box's own address for its next hop.
    }

    void IControlEffects.JoinGroup(int interfaceIndex, IpAddress group, bool joins) =>
        ((IControlEffects)this).AcceptStation(interfaceIndex, MacAddress.OfGroup(group), joins);

    void IControlEffects.StartProbe(int probeId, CheckConfig check) =>
        _world.Probe(this, probeId, check);

    void IControlEffects.CollectConnections(int capacity) => _ = TryCommand(
        new SnapshotConnections(new ConnectionRecord[capacity], listed => Wish(
            (controller, now) => controller.OnCollected(
                listed.Records, listed.IsWhole, now))));

    string? IControlEffects.ResetToFactory() => "a simulated box has nothing to forget";

    void IControlEffects.ShowPanel(PanelState state)
    {
        if (_world.Trace.IsOn)
        {
            _world.Trace.Say(
                Name, $"shows ready {state.Ready}, role {state.Role}, fault {state.Fault}");
        }
    }

    void IControlEffects.Report(BoxEvent happening)
    {
        _world.Trace.Say(Name, $"{happening.Kind}: {happening.Sentence}");
        _world.OnReport(this, happening);
    }

    private void OnFrame(int wire, byte[] octets, bool isBent)
    {
        MacAddress destination = MacAddress.Read(octets);
        bool accepts = destination == MacAddress.Broadcast
            || destination == VrrpGroup
            || destination == AllNodes
            || destination == Layout.Hardware(Index, wire)
            || _stations.Contains((wire, destination));
        if (Controller is null || !accepts || (isBent && IsPaused))
        {
            return;
        }

        if (isBent)
        {
            // Alone, so that what comes of it is known to come of it.
            Turn();
        }

        _ = _ports[wire].Deliver(octets);
        bool isForControl = (octets[12], octets[13]) == (8, 6)
            || ((octets[12], octets[13]) == (8, 0) && octets.Length > 34 && octets[23] == 112)
            || ((octets[12], octets[13]) == (0x86, 0xDD)
                && octets.Length > 54
                && (octets[20] == 112 || (octets[20] == 58 && octets[54] is 135 or 136)));
        if (isForControl && _frames.Count < LongestInbox)
        {
            _frames.Enqueue((wire, octets));
        }

        if (!isBent)
        {
            WakeSoon();
            return;
        }

        long waiting = Waiting();
        _transportMayBeWrong = true;
        Turn();
        // One that waits for a neighbour comes out later, and cannot be told from others then.
        _transportMayBeWrong = Waiting() > waiting;
    }

    private long Waiting() => _counters[0].Waiting + _counters[1].Waiting;

    private void Emit(int wire, ReadOnlySpan<byte> frame)
    {
        _world.Trace.Frame(Name, wire == 0 ? "sends outside" : "sends inside", frame);
        _world.Ledger.OnSent(this, wire, frame, _transportMayBeWrong);
        _world.Segment(wire).Send(_plugs[wire], frame);
    }

    private void WakeSoon() => Wake(_world.Agenda.Now + _chance.NextSpan(LongestLatency));

    private void Wake(Instant at)
    {
        at = at > _pausedUntil ? at : _pausedUntil;
        if (at < _wakeAt)
        {
            _wakeAt = at;
            int life = Life;
            _world.Agenda.At(at, () =>
            {
                if (_wakeAt == at && life == Life)
                {
                    Turn();
                }
            });
        }
    }

    private void Turn()
    {
        _wakeAt = Instant.Never;
        if (Controller is not Controller controller || _engine is not Engine engine)
        {
            return;
        }

        Instant now = _world.Agenda.Now;
        if (now < _pausedUntil)
        {
            Wake(_pausedUntil);
            return;
        }

        // Two threads share the box: either may be first.
        if (_chance.Happens(0.5))
        {
            TurnEngine(engine, now);
        }

        TurnControl(controller, engine, now);
        TurnEngine(engine, now);
        TurnControl(controller, engine, now);
        TurnEngine(engine, now);
        Ledger.CheckConservation(Name, _counters, _ports);
        _world.CheckRoles();
        Wake(Instant.Earlier(controller.Deadline, engine.Deadline));
    }

    private void TurnEngine(Engine engine, Instant now)
    {
        do
        {
            _ = engine.Turn(now);
        }
        while (!engine.Commands.IsEmpty || _ports[0].Delivered + _ports[1].Delivered > 0);
    }

    /// <summary>In the order of the program's control loop: what came before what is due.</summary>
    private void TurnControl(Controller controller, Engine engine, Instant now)
    {
        while (_frames.TryDequeue(out (int Wire, byte[] Frame) arrived))
        {
            controller.OnFrame(arrived.Wire + 1, arrived.Frame, now);
        }

        while (_datagrams.TryDequeue(out byte[]? datagram))
        {
            controller.OnTwinDatagram(datagram, now);
        }

        while (engine.Events.TryTake(out EngineEvent happening))
        {
            controller.OnEngineEvent(happening, now);
        }

        while (_wishes.TryDequeue(out Action<Controller, Instant>? wish))
        {
            wish(controller, now);
        }

        controller.OnDeadline(now);
    }

    private MemoryPort MakePort(int wire) => new(
        wire == 0 ? Layout.Outside : Layout.Inside, wire + 1, Layout.Hardware(Index, wire), 32, 512)
    {
        Taker = (ReadOnlySpan<byte> frame, in FrameOffload _) => Emit(wire, frame),
    };

    private NetworkPicture Picture()
    {
        ImmutableArray<InterfaceState> interfaces =
        [
            State(0, Layout.Outside, Layout.OutsideNetwork),
            State(1, Layout.Inside, Layout.InsideNetwork),
        ];
        return new(interfaces, Layout.Routes);

        InterfaceState State(int wire, string name, IpPrefix network) => new(
            wire + 1,
            name,
            Layout.Hardware(Index, wire),
            1500,
            !_cableOut[wire],
            [new(IpAddress.FromIpv4(network.Address.Ipv4 + 1 + (uint)Index), network.Length)]);
    }
}

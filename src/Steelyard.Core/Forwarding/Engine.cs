using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Queues;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// The data thread's whole state and its turn. One thread calls <see cref="Turn"/>; others put
/// commands in, take events out, and read counters.
/// </summary>
public sealed class Engine
{
    // Commands that one turn applies, so that a long list of them does not hold up packets.
    private const int CommandsPerTurn = 64;

    // Frames whose flows are looked up at once: what they touch fits into the first-level cache.
    private const int ReadAhead = 32;

    // Of boxes without masqueraded hosts: a pair has the same services but for a moment.
    private const int MostStrangers = 256;

    private readonly uint[] _hashes = new uint[ReadAhead];
    private readonly Forwarder _forwarder;
    private readonly Upkeep _upkeep;
    private readonly Dictionary<int, ImmutableArray<IpPrefix>> _addresses = [];
    private EnginePort[] _ports = [];
    private int _nextPortIndex;
    private uint _touched;

    public Engine(EngineOptions options)
    {
        Commands = new(options.CommandQueue);
        Events = new(options.EventQueue);
        Services = new(options.HashSeed);
        Connections = new(options.ConnectionCapacity, options.HashSeed);
        Departures = new(this, options);
        Answers = new(this, options);
        Defence = new(this);
        Reassembly = new(options.FragmentedDatagrams, options.HashSeed);
        _forwarder = new(this);
        _upkeep = new(this, options);
    }

    /// <summary>
    /// Wishes of the control loop; the data thread takes them between two batches.
    /// </summary>
    public Handoff<IEngineCommand> Commands { get; }

    /// <summary>News for the control loop. What finds it full is counted and lost.</summary>
    public Handoff<EngineEvent> Events { get; }

    public EngineCounters Counters { get; } = new();

    /// <summary>When the next turn is due, if no frame and no command comes before.</summary>
    public Instant Deadline { get; private set; } = Instant.Zero;

    internal ServiceTable Services { get; }

    internal ConnectionTable Connections { get; }

    internal LvsSettings Settings { get; private set; } = LvsSettings.Default;

    /// <summary>The first that fits decides.</summary>
    internal ImmutableArray<MarkRule> MarkRules { get; set; } = [];

    /// <summary>Whom servers by full NAT see as their clients.</summary>
    internal ImmutableArray<IpAddress> SourcePool { get; set; } = [];

    internal ImmutableArray<MasqueradeRule> Masquerades { get; set; } = [];

    /// <summary>There from the first rule for them on.</summary>
    internal MasqueradeHosts? MasqueradeHosts { get; set; }

    /// <summary>Servers that the twin knows and no service of ours has.</summary>
    internal MasqueradeHosts Strangers { get; } = new(MostStrangers);

    internal Defence Defence { get; }

    internal ReassemblyTable Reassembly { get; }

    internal HeldAddresses Held { get; } = new();

    /// <summary>Until then connections may exist that the twin has not told yet.</summary>
    internal Instant SettlesUntil { get; set; }

    internal Departures Departures { get; }

    internal Answers Answers { get; }

    internal Upkeep Upkeep => _upkeep;

    internal ReadOnlySpan<EnginePort> Ports => _ports;

    /// <summary>
    /// One turn: commands, a batch of every port, flush, a bounded share of upkeep. It does not
    /// wait and allocates nothing for a packet.
    /// </summary>
    /// <returns>How many frames were handled.</returns>
    public int Turn(Instant now)
    {
        Counters.Turns++;
        ApplyCommands(now);
        int handled = 0;
        foreach (EnginePort port in _ports)
        {
            port.Renew();
        }

        foreach (EnginePort port in _ports)
        {
            handled += TakeBatch(port, now);
        }

        FlushPorts();
        foreach (EnginePort port in _ports)
        {
            // Also after an empty batch: a ring may have passed over frames that it lost.
            port.Port.Release();
        }

        Instant upkeep = _upkeep.Turn(now);
        // More commands than one turn takes: the next is due at once.
        Deadline = Commands.IsEmpty ? upkeep : now;
        return handled;
    }

    /// <summary>The table has no room for a new connection, or for what comes with it.</summary>
    internal DropReason RefuseConnection()
    {
        Counters.ConnectionsRefused++;
        switch (Connections.Refusal)
        {
            case Refusal.ServiceShare:
                Counters.RefusedServiceShare++;
                return DropReason.OverFairShare;
            case Refusal.SourceShare:
                Counters.RefusedSourceShare++;
                return DropReason.OverFairShare;
            default:
                return DropReason.ConnectionTableFull;
        }
    }

    /// <summary>The port of an interface; null when the engine does not drive it.</summary>
    internal EnginePort? FindPort(int interfaceIndex)
    {
        foreach (EnginePort port in _ports)
        {
            if (port.InterfaceIndex == interfaceIndex)
            {
                return port;
            }
        }

        return null;
    }

    internal void Attach(IPacketPort port, ForwardingCounters counters)
    {
        Detach(port.InterfaceIndex);
        EnginePort attached = new(port, _nextPortIndex++, counters);
        attached.SetStations(Held.StationsOf(port.InterfaceIndex));
        attached.Addresses = _addresses.GetValueOrDefault(port.InterfaceIndex, []);
        _ports = [.. _ports, attached];
        Departures.RenewExits();
    }

    internal void Detach(int interfaceIndex)
    {
        EnginePort? port = FindPort(interfaceIndex);
        if (port is not null)
        {
            _ports = Array.FindAll(_ports, kept => kept != port);
            Departures.OnPortGone(port);
        }
    }

    /// <summary>The held addresses of an interface have changed.</summary>
    internal void RenewStations(int interfaceIndex) =>
        FindPort(interfaceIndex)?.SetStations(Held.StationsOf(interfaceIndex));

    internal void SetAddresses(int interfaceIndex, ImmutableArray<IpPrefix> addresses)
    {
        // Kept by interface: it may be said before the port is there.
        _addresses[interfaceIndex] = addresses;
        EnginePort? port = FindPort(interfaceIndex);
        if (port is not null)
        {
            port.Addresses = addresses;
        }
    }

    /// <summary>A service will have these settings: takes the memory that they need.</summary>
    internal void Prepare(ServiceSettings settings)
    {
        if (settings.IsBySip)
        {
            Connections.Templates.AllocateCallIds();
        }
    }

    /// <summary>From the next packet on these switches hold.</summary>
    internal void Adopt(LvsSettings settings)
    {
        Settings = settings;
        for (int index = 0; index < Services.Count; index++)
        {
            Services[index].Schedule.Adopt(settings);
        }
    }

    internal void FlushPorts()
    {
        foreach (EnginePort port in _ports)
        {
            port.Port.Flush();
        }

        Departures.OnFlushed();
    }

    /// <summary>
    /// The twin hears of half-open connections and of datagrams' flows too, so that a planned
    /// failover loses none; but a flood of them, which may be of forged senders, must not push out
    /// the news of established ones. While the table is short it hears of proven ones alone, so
    /// that its own is not filled.
    /// </summary>
    internal bool HasRoomForUnprovenNews => Events.Count < Events.Capacity / 2;

    private void ApplyCommands(Instant now)
    {
        for (int count = 0; count < CommandsPerTurn; count++)
        {
            if (!Commands.TryTake(out IEngineCommand command))
            {
                return;
            }

            command.Apply(this, now);
        }
    }

    private int TakeBatch(EnginePort port, Instant now)
    {
        int count = port.Port.Receive();
        for (int first = 0; first < count; first += ReadAhead)
        {
            TakeShare(port, first, Math.Min(ReadAhead, count - first), now);
        }

        return count;
    }

    /// <summary>
    /// Some frames at once: first what tells their flows, then what the table knows of these, and
    /// only then each frame by itself. So their waits for memory overlap.
    /// </summary>
    private void TakeShare(EnginePort port, int first, int count, Instant now)
    {
        Span<uint> hashes = _hashes.AsSpan(0, count);
        for (int index = 0; index < count; index++)
        {
            hashes[index] = FlowHint.HashOf(port.Port.Frame(first + index), Connections);
        }

        _touched = Connections.Touch(hashes);
        for (int index = 0; index < count; index++)
        {
            int at = first + index;
            _forwarder.Handle(
                port, port.Port.Frame(at), port.Port.Offload(at), hashes[index], now);
        }
    }
}

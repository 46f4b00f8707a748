using System;
using System.Collections.Generic;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>Takes a frame off a switch.</summary>
/// <param name="isBent">A bit was flipped on the way.</param>
public delegate void FrameSink(byte[] frame, bool isBent);

/// <summary>One direction of a link, with the weather on it.</summary>
internal sealed class Lane(
    Agenda agenda, Weather weather, SeededChance chance, Ledger ledger)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMicroseconds(15);
    private static readonly TimeSpan Jitter = TimeSpan.FromMicroseconds(25);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(20);

    private const byte ArpTypeLow = 6; // 0x0806
    private Instant _lastArrival;

    /// <summary>Whose link it is; −1 for one that has no weather.</summary>
    public required int Box { get; init; }

    public required int Wire { get; init; }

    public required bool IsInbound { get; init; }

    public void Carry(byte[] frame, bool mayBend, FrameSink arrive)
    {
        Instant now = agenda.Now;
        if (Strength(FaultKind.Block) > 0
            || Strength(FaultKind.CableOut) > 0
            || Happens(FaultKind.Loss))
        {
            return;
        }

        bool isBent = Happens(FaultKind.Corrupt);
        if (isBent && (!mayBend || frame[13] == ArpTypeLow))
        {
            return; // The kernel checks datagrams; ARP has the frame's check sequence alone.
        }

        TimeSpan delay = Shortest + chance.NextSpan(Jitter);
        bool overtakes = Happens(FaultKind.Reorder);
        if (overtakes || Happens(FaultKind.Delay))
        {
            delay += chance.NextSpan(LongestDelay);
        }

        Instant at = now + delay;
        if (!overtakes)
        {
            at = at > _lastArrival ? at : _lastArrival + TimeSpan.FromMicroseconds(1);
            _lastArrival = at;
        }

        if (isBent)
        {
            ledger.OnBent(frame);
        }

        byte[] carried = isBent ? Bend(frame) : frame;
        agenda.At(at, () => arrive(carried, isBent));
        if (Happens(FaultKind.Duplicate))
        {
            agenda.At(at + chance.NextSpan(LongestDelay), () => arrive(carried, isBent));
        }
    }

    private double Strength(FaultKind kind)
    {
        // A cable that is out has no direction.
        bool inbound = kind == FaultKind.CableOut || IsInbound;
        double strength = weather.StrengthOf(kind, Box, Wire, inbound, agenda.Now);
        return kind == FaultKind.CableOut && strength == 0
            ? weather.StrengthOf(kind, Box, Wire, false, agenda.Now)
            : strength;
    }

    private bool Happens(FaultKind kind)
    {
        double strength = Strength(kind);
        return strength > 0 && chance.Happens(strength);
    }

    private byte[] Bend(byte[] frame)
    {
        byte[] bent = [.. frame];
        int bit = chance.Next(bent.Length * 8);
        bent[bit / 8] ^= (byte)(1 << (bit % 8));
        return bent;
    }
}

/// <summary>A segment: a switch that learns on which of its ports a station is.</summary>
public sealed class LearningSwitch
{
    private readonly List<(Lane In, Lane Out, FrameSink Sink, bool IsBox)> _ports = [];
    private readonly Dictionary<MacAddress, int> _learnt = [];
    private readonly Agenda _agenda;
    private readonly Weather _weather;
    private readonly SeededChance _chance;
    private readonly Ledger _ledger;
    private readonly int _wire;

    /// <param name="wire">0 outside, 1 inside.</param>
    public LearningSwitch(
        Agenda agenda, Weather weather, SeededChance chance, Ledger ledger, int wire)
    {
        _agenda = agenda;
        _weather = weather;
        _chance = chance;
        _ledger = ledger;
        _wire = wire;
    }

    /// <summary>Plugs a station in and returns its port.</summary>
    /// <param name="box">0 or 1; −1 for others, whose cables are good.</param>
    public int Plug(int box, FrameSink sink)
    {
        _ports.Add((Lane(box, inbound: true), Lane(box, inbound: false), sink, box >= 0));
        return _ports.Count - 1;
    }

    /// <summary>A station sends.</summary>
    public void Send(int port, ReadOnlySpan<byte> frame) =>
        _ports[port].Out.Carry(
            frame.ToArray(), true, (octets, isBent) => Forward(port, octets, isBent));

    private void Forward(int from, byte[] frame, bool isBent)
    {
        MacAddress destination = MacAddress.Read(frame);
        MacAddress source = MacAddress.Read(frame.AsSpan(6));
        if (!source.IsMulticast)
        {
            _learnt[source] = from;
        }

        if (!destination.IsMulticast && _learnt.TryGetValue(destination, out int known))
        {
            if (known != from)
            {
                Deliver(known, frame, isBent);
            }

            return;
        }

        // Hosts have joined no group: the switch knows (RFC 4541), and spares them the adverts.
        bool isForBoxes = destination.IsMulticast && destination != MacAddress.Broadcast;
        for (int port = 0; port < _ports.Count; port++)
        {
            if (port != from && (_ports[port].IsBox || !isForBoxes))
            {
                Deliver(port, frame, isBent);
            }
        }
    }

    private void Deliver(int port, byte[] frame, bool wasBent)
    {
        FrameSink sink = _ports[port].Sink;
        _ports[port].In.Carry(frame, true, (octets, isBent) => sink(octets, wasBent || isBent));
    }

    private Lane Lane(int box, bool inbound) => new(_agenda, _weather, _chance, _ledger)
    {
        Box = box,
        Wire = _wire,
        IsInbound = inbound,
    };
}

/// <summary>The sync channel: datagrams between the two boxes.</summary>
public sealed class SyncChannel
{
    private readonly Lane[] _out;
    private readonly Lane[] _in;
    private readonly FrameSink[] _sinks;

    public SyncChannel(
        Agenda agenda,
        Weather weather,
        SeededChance chance,
        Ledger ledger,
        FrameSink a,
        FrameSink b)
    {
        _sinks = [a, b];
        _out = [Make(0, false), Make(1, false)];
        _in = [Make(0, true), Make(1, true)];

        Lane Make(int box, bool inbound) => new(agenda, weather, chance, ledger)
        {
            Box = box,
            Wire = 2,
            IsInbound = inbound,
        };
    }

    public void Send(int box, ReadOnlySpan<byte> datagram)
    {
        int to = 1 - box;
        _out[box].Carry(
            datagram.ToArray(), false, (octets, _) => _in[to].Carry(octets, false, _sinks[to]));
    }
}

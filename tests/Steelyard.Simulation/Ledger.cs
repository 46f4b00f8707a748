using System;
using System.Collections.Generic;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>
/// What must be true at every event. Each rule is checked by other means than those that the code
/// under test uses: slow sums, dictionaries, plain counting.
/// </summary>
public sealed class Ledger(Agenda agenda, bool isCalm, Scenario scenario)
{
    private readonly Dictionary<(int Box, int Life, Endpoint Client), IpAddress> _serverOf = [];
    private readonly Dictionary<(Endpoint Client, ushort Identification), int> _forwarder = [];
    private readonly HashSet<Endpoint> _bent = [];
    private readonly Dictionary<Endpoint, Endpoint> _clientOf = [];
    private readonly Dictionary<(int Box, int Life, IpAddress Server), Instant> _downSince = [];
    private readonly HashSet<(int Box, int Life, IpAddress Server)> _everDown = [];

    /// <summary>Set by the world: the flow of a client's address.</summary>
    public Func<Endpoint, ClientFlow?> FindFlow { get; set; } = _ => null;

    /// <summary>Set by the world: the client that sent a packet of this number.</summary>
    public Func<ushort, Endpoint?> FindSender { get; set; } = _ => null;

    /// <summary>Until then two boxes were MASTER at once, or a wire was broken.</summary>
    public Instant SplitUntil { get; set; } = Instant.Zero;

    /// <summary>From then on nothing is broken.</summary>
    public Instant WholeFrom { get; set; } = Instant.Never;

    /// <summary>Packets from clients that boxes have sent to servers.</summary>
    public long Forwarded { get; private set; }

    /// <summary>rx = tx + dropped + handed over. See <see cref="ForwardingCounters"/>.</summary>
    public static void CheckConservation(
        string box, ReadOnlySpan<ForwardingCounters> counters, ReadOnlySpan<MemoryPort> ports)
    {
        long due = 0;
        long sent = 0;
        for (int index = 0; index < ports.Length; index++)
        {
            ForwardingCounters one = counters[index];
            long fates = one.NotOurs + one.Forwarded + one.Answered + one.Cut + one.Waiting
                + one.Gathered + one.Dropped;
            if (one.Received != fates || one.Received != ports[index].Counters.ReceivedPackets)
            {
                throw new ViolationException(
                    $"{box}: {one.Received} frames came in, {fates} have a fate");
            }

            due += one.Forwarded + one.Answered + one.Made;
            sent += ports[index].Counters.TransmittedPackets
                + ports[index].Counters.TransmitRefused;
        }

        if (due != sent)
        {
            throw new ViolationException($"{box}: {due} frames were to go out, {sent} did");
        }
    }

    /// <summary>A bit of a client's packet was flipped: its flow is excused.</summary>
    public void OnBent(byte[] frame)
    {
        if (TcpFrame.TryRead(frame, out TcpFrame tcp))
        {
            _ = _bent.Add(_clientOf.GetValueOrDefault(tcp.Source, tcp.Source));
            _ = _bent.Add(_clientOf.GetValueOrDefault(tcp.Destination, tcp.Destination));
        }
    }

    /// <summary>A box believes something else of a server.</summary>
    public void OnHealth(int box, int life, IpAddress server, bool isDown)
    {
        _ = _downSince.Remove((box, life, server));
        if (isDown)
        {
            _downSince[(box, life, server)] = agenda.Now;
            _ = _everDown.Add((box, life, server));
        }
    }

    /// <summary>A box sends a frame.</summary>
    public void OnSent(
        SimulatedBox box, int wire, ReadOnlySpan<byte> frame, bool transportMayBeWrong)
    {
        if (SlowSum.FindFault(frame, transportMayBeWrong) is string fault)
        {
            throw new ViolationException($"{box.Name} sent {fault}: {FrameWords.Describe(frame)}");
        }

        if (wire == 1 && Arrived.TryRead(scenario, frame.ToArray(), out Arrived arrived))
        {
            OnForwarded(box, arrived.Tcp, arrived.Server);
        }
    }

    /// <summary>With full NAT a packet's number alone tells whose it is: all have one.</summary>
    private Endpoint ClientOf(in TcpFrame tcp)
    {
        if (scenario.Method != ForwardingMethod.FullNat
            || FindSender(tcp.Identification) is not Endpoint client)
        {
            return tcp.Source;
        }

        _clientOf[tcp.Source] = client;
        return client;
    }

    private void OnForwarded(SimulatedBox box, in TcpFrame tcp, IpAddress server)
    {
        if ((tcp.Flags & TcpFlags.Reset) != 0)
        {
            return; // No client sends one: the box refuses a server's packet.
        }

        Forwarded++;
        Endpoint client = ClientOf(tcp);
        if (_bent.Contains(client))
        {
            return;
        }

        ClientFlow? flow = FindFlow(client);
        bool opens = (tcp.Flags & TcpFlags.Syn) != 0;
        if (opens
            && _downSince.TryGetValue((box.Index, box.Life, server), out Instant since)
            && flow?.Began > since)
        {
            throw new ViolationException(
                $"{box.Name} opened {client} to {server}, known to be down");
        }

        bool hasBeenSplit = SplitUntil >= flow?.Began;
        bool hasMoved = _serverOf.TryGetValue(
            (box.Index, box.Life, client), out IpAddress before) && before != server;
        bool isExcused = (hasBeenSplit && !isCalm)
            || _everDown.Contains((box.Index, box.Life, before))
            || flow?.State is FlowState.Done or FlowState.Failed;
        if (hasMoved && !opens && !isExcused)
        {
            throw new ViolationException($"{box.Name} moved {client} from {before} to {server}");
        }

        if (!opens)
        {
            _serverOf[(box.Index, box.Life, client)] = server;
        }

        // One number for one packet: hosts here count their packets.
        bool isKnown = _forwarder.TryGetValue((client, tcp.Identification), out int first);
        if (isKnown && first != box.Index && agenda.Now >= WholeFrom)
        {
            throw new ViolationException(
                $"both boxes forwarded packet {tcp.Identification} of {client}");
        }

        _forwarder[(client, tcp.Identification)] = box.Index;
    }

    public static void Hold(bool condition, string sentence)
    {
        if (!condition)
        {
            throw new ViolationException(sentence);
        }
    }
}

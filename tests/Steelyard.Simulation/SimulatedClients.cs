using System;
using System.Collections.Generic;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>How a client's connection stands.</summary>
public enum FlowState
{
    Unknown = 0,
    Opening,
    Asking,
    Thinking,
    Closing,
    Done,
    Failed,
}

/// <summary>A connection: a few requests, then a close; all is repeated until answered.</summary>
public sealed class ClientFlow(Endpoint client, int requests)
{
    public Endpoint Client { get; } = client;

    public int Requests { get; } = requests;

    public FlowState State { get; set; } = FlowState.Opening;

    public Instant Began { get; init; }

    public uint Server { get; set; }

    public uint Answered { get; set; }

    public int Tries { get; set; }

    /// <summary>Changes whenever something was heard: an older repetition is void.</summary>
    public int Step { get; set; }

    public string Why { get; set; } = string.Empty;
}

/// <summary>All clients, behind one router on the outside.</summary>
public sealed class SimulatedClients
{
    private const uint First = 1000;
    private const int MostTries = 30;
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LongestThought = TimeSpan.FromMilliseconds(250);

    private readonly Agenda _agenda;
    private readonly SeededChance _chance;
    private readonly Trace _trace;
    private readonly Endpoint _service;
    private readonly bool _isUdp;
    private readonly Station _station;
    private readonly Dictionary<Endpoint, ClientFlow> _byClient = [];
    private readonly Endpoint?[] _senders = new Endpoint?[ushort.MaxValue + 1];
    private ushort _identification;

    public SimulatedClients(
        Agenda agenda,
        LearningSwitch segment,
        IpAddress router,
        Endpoint service,
        bool isUdp,
        SeededChance chance,
        Trace trace)
    {
        _agenda = agenda;
        _chance = chance;
        _trace = trace;
        _service = service;
        _isUdp = isUdp;
        _station = new(
            agenda, segment, new(0x02_00_00_00_00_FE), router, service.Address, OnFrame);
    }

    public List<ClientFlow> Flows { get; } = [];

    public ClientFlow? Find(Endpoint client) => _byClient.GetValueOrDefault(client);

    /// <summary>Who sent the latest packet of this number; null for nobody.</summary>
    public Endpoint? FindSender(ushort identification) => _senders[identification];

    public ClientFlow Begin(int requests)
    {
        uint number = (uint)Flows.Count;
        Endpoint client = new(
            IpAddress.FromIpv4(0x0A00_0001 + (number % 250)), (ushort)(20_000 + number));
        ClientFlow flow = new(client, requests) { Began = _agenda.Now };
        Flows.Add(flow);
        _byClient[client] = flow;
        Repeat(flow, flow.Step);
        return flow;
    }

    private void Repeat(ClientFlow flow, int step)
    {
        if (flow.Step != step || flow.State is FlowState.Done or FlowState.Failed)
        {
            return;
        }

        if (flow.Tries++ == MostTries)
        {
            Fail(flow, $"no answer while {flow.State}");
            return;
        }

        uint next = First + 1 + (flow.Answered * SimulatedServer.RequestLength);
        switch (flow.State)
        {
            case FlowState.Opening:
                Send(flow, TcpFlags.Syn, First, 0, 0);
                break;
            case FlowState.Asking:
                Send(
                    flow, TcpFlags.Push | TcpFlags.Acknowledgment, next, Expected(flow),
                    SimulatedServer.RequestLength);
                break;
            case FlowState.Closing:
                Send(flow, TcpFlags.Fin | TcpFlags.Acknowledgment, next, Expected(flow), 0);
                break;
        }

        _agenda.After(RepeatAfter, () => Repeat(flow, step));
    }

    private static uint Expected(ClientFlow flow) =>
        (flow.Server << 24) + 1 + (flow.Answered * SimulatedServer.ResponseLength);

    private void OnFrame(byte[] octets)
    {
        if (!TcpFrame.TryRead(octets, out TcpFrame tcp)
            || tcp.Source != _service
            || !_byClient.TryGetValue(tcp.Destination, out ClientFlow? flow))
        {
            return;
        }

        _trace.Frame("clients", "get", octets);
        if ((tcp.Flags & TcpFlags.Reset) != 0)
        {
            if (flow.State is not (FlowState.Done or FlowState.Failed))
            {
                Fail(flow, "reset");
            }
        }
        else if ((tcp.Flags & TcpFlags.Syn) != 0)
        {
            OnOpened(flow, tcp);
        }
        else if (tcp.Sequence >> 24 == flow.Server)
        {
            OnAnswer(flow, tcp);
        }
    }

    private void OnOpened(ClientFlow flow, in TcpFrame tcp)
    {
        if (flow.State != FlowState.Opening)
        {
            return;
        }

        flow.Server = tcp.Sequence >> 24;
        Send(flow, TcpFlags.Acknowledgment, First + 1, Expected(flow), 0);
        Enter(flow, FlowState.Asking);
    }

    private void OnAnswer(ClientFlow flow, in TcpFrame tcp)
    {
        if (tcp.Sequence != Expected(flow))
        {
            return; // An answer that came twice.
        }

        if (flow.State == FlowState.Asking && tcp.Payload.Length > 0)
        {
            flow.Answered++;
            if (flow.Answered == flow.Requests)
            {
                Enter(flow, FlowState.Closing);
            }
            else
            {
                flow.State = FlowState.Thinking;
                flow.Step++;
                _agenda.After(
                    _chance.NextSpan(LongestThought), () => Enter(flow, FlowState.Asking));
            }
        }
        else if (flow.State == FlowState.Closing && (tcp.Flags & TcpFlags.Fin) != 0)
        {
            Send(
                flow, TcpFlags.Acknowledgment,
                First + 2 + (flow.Answered * SimulatedServer.RequestLength),
                tcp.Sequence + 1, 0);
            flow.State = FlowState.Done;
        }
    }

    private void Enter(ClientFlow flow, FlowState state)
    {
        if (flow.State is FlowState.Done or FlowState.Failed)
        {
            return;
        }

        flow.State = state;
        flow.Step++;
        flow.Tries = 0;
        Repeat(flow, flow.Step);
    }

    private void Fail(ClientFlow flow, string why)
    {
        flow.State = FlowState.Failed;
        flow.Why = why;
        _trace.Say("clients", $"{flow.Client} failed: {why}");
    }

    private void Send(
        ClientFlow flow, TcpFlags flags, uint sequence, uint acknowledgment, int length)
    {
        _senders[_identification] = flow.Client;
        _station.Send(new(
            flow.Client,
            _service,
            flags,
            sequence,
            acknowledgment,
            new byte[length],
            _identification++)
        {
            IsUdp = _isUdp,
        });
    }
}

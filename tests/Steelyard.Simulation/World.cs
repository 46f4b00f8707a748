using System;
using System.IO;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Health;
using Steelyard.Core.Services;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Simulation;

/// <summary>How a run ended, when nothing was violated.</summary>
/// <param name="Requests">Connections of clients.</param>
/// <param name="Failed">Of these, how many were reset or never answered.</param>
/// <param name="Events">What happened in it, counted.</param>
/// <param name="RoleChanges">How often a router became MASTER.</param>
public sealed record Outcome(
    ulong Seed, bool IsCalm, int Requests, int Failed, long Events, int RoleChanges);

/// <summary>
/// The world in a box: two boxes, two segments and a sync channel between them, clients, servers,
/// and the weather. Everything is drawn from one seed, and nothing else moves it.
/// </summary>
public sealed class World
{
    private static readonly TimeSpan TrafficFrom = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(60);

    /// <summary>Everything that a fault has spoiled has been tried again by then.</summary>
    private static readonly Instant Settled = Weather.Ends + TimeSpan.FromMilliseconds(1500);
    private static readonly Instant End = Settled + TimeSpan.FromMilliseconds(900);

    /// <summary>
    /// Three intervals and the skew of the lower priority, and a turn of each box: 150 ms +
    /// (256 − 100) × 50 / 256 ms + 20 ms.
    /// </summary>
    private static readonly Instant OneMaster = Weather.Ends + TimeSpan.FromMilliseconds(201);

    private readonly ulong _seed;
    private readonly SeededChance _chance;
    private readonly LearningSwitch[] _segments;
    private readonly SimulatedBox[] _boxes;
    private readonly SimulatedServer[] _servers;
    private readonly SimulatedClients _clients;
    private readonly Weather _weather;
    private readonly bool[] _isMaster = new bool[2];
    private int _roleChanges;

    /// <param name="scenario">Null for one that the seed draws.</param>
    public World(ulong seed, TextWriter? trace = null, Scenario? scenario = null)
    {
        _seed = seed;
        _chance = new(seed);
        Agenda = new();
        Trace = new(Agenda, trace);
        _weather = new(_chance.Fork(), seed % 4 == 0, Layout.Servers);
        Scenario drawn = Scenario.Draw(_chance.Fork());
        Scenario = scenario ?? drawn;
        Trace.Say(
            "world",
            $"{Scenario.Protocol} by {Scenario.Method}, {Scenario.Scheduler}, "
            + (Scenario.IsPersistent ? "persistent" : "each connection by itself"));
        Ledger = new(Agenda, _weather.IsCalm, Scenario);
        _segments =
        [
            new(Agenda, _weather, _chance.Fork(), Ledger, 0),
            new(Agenda, _weather, _chance.Fork(), Ledger, 1),
        ];
        _boxes = [new(this, 0, _chance.Fork()), new(this, 1, _chance.Fork())];
        Sync = new(
            Agenda, _weather, _chance.Fork(), Ledger,
            (octets, _) => _boxes[0].OnDatagram(octets),
            (octets, _) => _boxes[1].OnDatagram(octets));
        _servers =
        [
            .. Enumerable.Range(1, Layout.Servers).Select(number => new SimulatedServer(
                Agenda, _segments[1], _segments[0], number, Scenario, Trace)),
        ];
        _clients = new(
            Agenda,
            _segments[0],
            Layout.Router,
            Layout.Service,
            Scenario.Protocol == TransportProtocol.Udp,
            _chance.Fork(),
            Trace);
        Ledger.FindFlow = _clients.Find;
        Ledger.FindSender = _clients.FindSender;
    }

    public Agenda Agenda { get; }

    public Trace Trace { get; }

    public Ledger Ledger { get; }

    public Scenario Scenario { get; }

    /// <summary>In every other four worlds, one of which is calm, the pair has a key.</summary>
    public bool IsKeyed => (_seed / 4) % 2 == 1;

    public SyncChannel Sync { get; }

    public LearningSwitch Segment(int wire) => _segments[wire];

    /// <summary>Runs to the end; <see cref="ViolationException"/> names what went wrong.</summary>
    public Outcome Run()
    {
        Agenda.At(Instant.Zero + _chance.NextSpan(TimeSpan.FromMilliseconds(50)), _boxes[0].Start);
        Agenda.At(Instant.Zero + _chance.NextSpan(TimeSpan.FromMilliseconds(50)), _boxes[1].Start);
        foreach (Fault fault in _weather.Faults)
        {
            Plan(fault);
        }

        Agenda.At(Instant.Zero + TrafficFrom, BeginTraffic);
        Agenda.At(OneMaster, () => CheckOneMaster(isLast: false));
        if (_weather.IsCalm)
        {
            Ledger.WholeFrom = Instant.Zero;
        }
        else
        {
            Agenda.At(OneMaster, () => Ledger.WholeFrom = Agenda.Now);
        }

        Agenda.RunUntil(Settled);
        CheckOneMaster(isLast: false);
        CheckServers();
        ClientFlow[] fresh = [.. Enumerable.Range(0, 6).Select(_ => _clients.Begin(1))];
        Agenda.RunUntil(End);
        CheckOneMaster(isLast: false);
        foreach (ClientFlow flow in fresh)
        {
            Ledger.Hold(
                flow.State == FlowState.Done,
                $"a fresh request from {flow.Client} ended as {flow.State}: {flow.Why}");
        }

        return Sum();
    }

    /// <summary>A box reports: the ledger believes of servers what the box believes.</summary>
    public void OnReport(SimulatedBox box, BoxEvent happening)
    {
        if (happening.Kind == "health")
        {
            foreach (SimulatedServer server in _servers)
            {
                if (happening.Subject.Contains($" {server.Address}:", StringComparison.Ordinal))
                {
                    bool isDown = happening.Severity == EventSeverity.Warning;
                    Ledger.OnHealth(box.Index, box.Life, server.Address, isDown);
                }
            }
        }
        else if (happening.Kind == "role")
        {
            _isMaster[box.Index] = happening.Sentence.Contains("MASTER:", StringComparison.Ordinal);
            _roleChanges += _isMaster[box.Index] ? 1 : 0;
        }
    }

    /// <summary>A probe of a server: it comes through if server and wire are well.</summary>
    public void Probe(SimulatedBox box, int probeId, CheckConfig check)
    {
        bool isGood = _servers.Any(
            server => server.Address == check.Target.Address && server.IsUp)
            && !_weather.IsBroken(box.Index, 1, Agenda.Now);
        TimeSpan duration = isGood
            ? TimeSpan.FromMicroseconds(300 + _chance.Next(500))
            : check.ConnectTimeout;
        int life = box.Life;
        Agenda.After(duration, () =>
        {
            if (life == box.Life)
            {
                box.Wish((controller, now) => controller.OnProbe(
                    probeId,
                    isGood ? ProbeOutcome.Good : ProbeOutcome.Bad("no answer in time"),
                    now));
            }
        });
    }

    /// <summary>Two MASTERs at once are a split, unless one hands over to the other.</summary>
    public void CheckRoles()
    {
        if (_isMaster[0] && _isMaster[1])
        {
            Ledger.SplitUntil = Agenda.Now;
        }
    }

    private static bool IsMaster(SimulatedBox box, int router, Instant now) =>
        box.Controller?.Status(now).VirtualRouters[router].State == "MASTER";

    private void Plan(Fault fault)
    {
        Trace.Say("weather", $"{fault.From}: {fault}");
        SimulatedBox box = _boxes[fault.Kind == FaultKind.ServerDown ? 0 : fault.Box];
        switch (fault.Kind)
        {
            case FaultKind.Pause:
                Agenda.At(fault.From, () => box.PauseUntil(fault.Until));
                break;
            case FaultKind.Crash:
                Agenda.At(fault.From, () => Crash(box));
                Agenda.At(fault.Until, () => Revive(box));
                break;
            case FaultKind.CableOut:
                Agenda.At(fault.From, () => box.OnCable(fault.Wire, true));
                Agenda.At(fault.Until, () => box.OnCable(fault.Wire, false));
                break;
            case FaultKind.ServerDown:
                Agenda.At(fault.From, () => _servers[fault.Box].IsUp = false);
                Agenda.At(fault.Until, () => _servers[fault.Box].IsUp = true);
                break;
            case FaultKind.Press:
                Press(box, fault.From);
                break;
        }
    }

    private void Crash(SimulatedBox box)
    {
        _isMaster[box.Index] = false;
        box.Crash();
    }

    private static void Revive(SimulatedBox box)
    {
        if (box.Controller is null)
        {
            box.Start();
        }
    }

    /// <summary>A worn button: bounces on the way down and on the way up.</summary>
    private void Press(SimulatedBox box, Instant at)
    {
        Instant released = at + TimeSpan.FromMilliseconds(80 + _chance.Next(200));
        foreach (Instant start in new[] { at, released })
        {
            bool isDown = start == at;
            Instant edge = start;
            for (int bounce = _chance.Next(4); bounce >= 0; bounce--)
            {
                Edge(isDown, edge);
                if (bounce > 0)
                {
                    Edge(!isDown, edge + TimeSpan.FromMicroseconds(700));
                }

                edge += TimeSpan.FromMilliseconds(2);
            }
        }

        void Edge(bool isDown, Instant when) => Agenda.At(
            when, () => box.Wish((controller, _) => controller.OnButton(isDown, when)));
    }

    private void BeginTraffic()
    {
        _ = _clients.Begin(1 + _chance.Next(4));
        if (Agenda.Now < Weather.Ends)
        {
            Agenda.After(_chance.NextSpan(LongestGap), BeginTraffic);
        }
    }

    private void CheckOneMaster(bool isLast)
    {
        Instant now = Agenda.Now;
        for (int router = 0; router < 2; router++)
        {
            int masters = _boxes.Count(box => IsMaster(box, router, now));
            if (masters != 1 && !isLast)
            {
                // It may be changing hands at this very moment.
                Agenda.After(TimeSpan.FromMilliseconds(2), () => CheckOneMaster(isLast: true));
                return;
            }

            Ledger.Hold(masters == 1, $"{masters} boxes are MASTER of router {router}");
        }

        Ledger.Hold(
            isLast || IsMaster(_boxes[0], 0, now) == IsMaster(_boxes[0], 1, now),
            "the routers of one group are on different boxes");
    }

    private void CheckServers()
    {
        foreach (SimulatedBox box in _boxes)
        {
            foreach (RealServerStatus server in
                box.Controller!.Status(Agenda.Now).Services[0].RealServers)
            {
                Ledger.Hold(
                    server.Health == "up" && server.EffectiveWeight > 0,
                    $"{box.Name} leaves {server.Address} out, which is well");
            }
        }
    }

    private Outcome Sum()
    {
        int failed = _clients.Flows.Count(flow => flow.State != FlowState.Done);
        string reasons = string.Join("; ", _clients.Flows
            .Where(flow => flow.State != FlowState.Done)
            .Select(flow => $"{flow.Client} {flow.State} {flow.Why}"));
        Trace.Say("world", $"{_clients.Flows.Count} connections, {failed} failed {reasons}");
        Ledger.Hold(
            !_weather.IsCalm || failed == 0 || !Scenario.SurvivesFailover,
            $"{failed} requests failed though nothing was broken: {reasons}");
        return new(
            _seed, _weather.IsCalm, _clients.Flows.Count, failed, Agenda.Happened, _roleChanges);
    }
}

using System;
using System.Collections.Generic;
using CsCheck;
using Steelyard.Core.Chance;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>What may happen to a service.</summary>
internal enum StepKind
{
    Add,
    Remove,
    Edit,
    Settle,
    Disconnect,
    Flags,
    Wait,
    Pick,
}

/// <param name="Kind">What happens.</param>
/// <param name="Server">To which of ten servers.</param>
/// <param name="Settings">Of the server, when it is added or edited.</param>
/// <param name="Number">Hours to wait, or flags.</param>
/// <param name="Flow">Who asks for what: a random number.</param>
internal sealed record Step(
    StepKind Kind, int Server, ServerSettings Settings, int Number, ulong Flow)
{
    private static readonly Gen<ServerSettings> AnySettings = Gen.Select(
        Gen.Frequency((6, Gen.Int[0, 5]), (1, Gen.Int[0, 300])),
        Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 8])),
        Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 8])),
        (weight, upper, lower) => new ServerSettings
        {
            Weight = weight,
            UpperThreshold = upper,
            LowerThreshold = lower,
        });

    public static Gen<Step> Any { get; } = Gen.Select(
        Gen.Frequency(
            (3, Gen.Const(StepKind.Add)),
            (1, Gen.Const(StepKind.Remove)),
            (2, Gen.Const(StepKind.Edit)),
            (2, Gen.Const(StepKind.Settle)),
            (4, Gen.Const(StepKind.Disconnect)),
            (1, Gen.Const(StepKind.Flags)),
            (1, Gen.Const(StepKind.Wait)),
            (16, Gen.Const(StepKind.Pick))),
        Gen.Int[0, 9],
        AnySettings,
        Gen.Int[0, 30],
        Gen.ULong,
        (kind, server, settings, number, flow) => new Step(kind, server, settings, number, flow));
}

/// <summary>A scheduler and its rule side by side.</summary>
internal sealed class Comparison
{
    private const ulong Seed = 17;

    /// <summary>Addresses that the schedulers with a memory keep, of the eight asked for.</summary>
    private const int Bound = 5;

    private readonly VirtualService _service;
    private readonly ModelService _model = new();
    private readonly IRule _rule;
    private readonly bool _isIpv4;
    private readonly ModelServer[] _modelServers;
    private readonly RealServer?[] _servers = new RealServer?[10];
    private Instant _now = new(1_000_000_000);

    public Comparison(string name, bool isIpv4)
    {
        _isIpv4 = isIpv4;
        _rule = Rule(name, isIpv4);
        _modelServers = [.. EndpointsOf(_servers.Length)];
        ServiceKey key = new(TransportProtocol.Tcp, Address(0x0A09_0001), 80);
        _service = new(
            key,
            name switch
            {
                "lblc" => new LocalityBased(Seed, Bound),
                "lblcr" => new LocalityBasedReplicated(Seed, Bound),
                _ => Schedulers.Create(name, Seed),
            });

        // The table gives it a place where removed servers wait.
        Assert.True(new ServiceTable().Add(_service));
    }

    public void Do(Step step)
    {
        ModelServer server = _modelServers[step.Server];
        bool hasConnections = server.Active + server.Inactive > 0;
        switch (step.Kind)
        {
            case StepKind.Add when !server.IsIn:
                Add(step.Server, step.Settings);
                break;
            case StepKind.Remove when server.IsIn:
                Remove(step.Server);
                break;
            case StepKind.Edit when server.IsIn:
                server.Set(step.Settings, isAdded: false);
                _service.Edit(_servers[step.Server]!, step.Settings);
                _rule.OnChanged(_model);
                break;
            case StepKind.Settle when server.Active > 0:
                server.Settle();
                _servers[step.Server]!.ActiveConnections--;
                _servers[step.Server]!.InactiveConnections++;
                break;
            case StepKind.Disconnect when hasConnections:
                Disconnect(step.Server);
                break;
            case StepKind.Flags:
                _model.Flags = (SchedulerFlags)((step.Number & 7) << 3);
                _service.Change(
                    _service.Settings with { Flags = _model.Flags }, _service.Schedule);
                break;
            case StepKind.Wait:
                _now += TimeSpan.FromHours(step.Number);
                break;
            case StepKind.Pick:
                Pick(FlowOf(step.Flow));
                break;
            default:
                break;
        }
    }

    private void Add(int number, ServerSettings settings)
    {
        ModelServer server = _modelServers[number];
        server.IsIn = true;
        server.Set(settings, isAdded: true);
        _model.Servers.AddFirst(server);
        _servers[number] = _service.Add(new RealServer(server.Endpoint, settings));
        _rule.OnChanged(_model);
    }

    private void Remove(int number)
    {
        ModelServer server = _modelServers[number];
        LinkedListNode<ModelServer> node = _model.Servers.Find(server)!;
        _rule.OnRemoving(node);
        _model.Servers.Remove(node);
        server.IsIn = false;
        Assert.True(_service.Remove(_servers[number]!));
        _rule.OnChanged(_model);
    }

    private void Disconnect(int number)
    {
        RealServer server = _servers[number]!;
        if (server.ActiveConnections > 0)
        {
            server.ActiveConnections--;
        }
        else
        {
            server.InactiveConnections--;
        }

        server.OnConnectionEnded();
        _modelServers[number].Disconnect();
    }

    private void Pick(in FlowKey flow)
    {
        ModelServer? expected = _rule.Pick(_model, flow, _now);
        RealServer? ahead = _service.Schedule.Peek(_service, flow, _now);
        RealServer? again = _service.Schedule.Peek(_service, flow, _now);

        RealServer? picked = _service.Schedule.Pick(_service, flow, _now);

        Assert.Equal(expected?.Endpoint, picked?.Endpoint);
        Assert.Same(picked, ahead);
        Assert.Same(picked, again);
        if (picked is not null)
        {
            expected!.Connect();
            picked.ActiveConnections++;
            picked.OnConnectionAdded();
        }
    }

    private FlowKey FlowOf(ulong random)
    {
        IpAddress client = _isIpv4
            ? IpAddress.FromIpv4((uint)(random >> 32))
            : new(0xFD00UL << 48 | (random >> 8), random << 3);
        return new(
            TransportProtocol.Tcp,
            new(client, (ushort)(random & 0xFFFF)),
            new(Address(0x0A09_0000 + (uint)((random >> 20) & 7)), 80));
    }

    private IpAddress Address(uint number) => _isIpv4
        ? IpAddress.FromIpv4(number)
        : new(0xFD00_0009UL << 32, number);

    /// <summary>Of both families, as tunnels allow.</summary>
    private static IEnumerable<ModelServer> EndpointsOf(int count)
    {
        for (uint number = 0; number < count; number++)
        {
            IpAddress address = number % 3 == 0
                ? new(0xFD00_0001_1234_0000UL + number, number)
                : IpAddress.FromIpv4(0x0A01_0001 + number);
            yield return new(new(address, (ushort)(8080 + number)));
        }
    }

    private static IRule Rule(string name, bool isIpv4) => name switch
    {
        "rr" => new Turns(),
        "wrr" => new SinkingBar(),
        "lc" => new Least(server => server.Load),
        "wlc" => Least.ForWeight,
        "lblc" => new OneRemembered(Bound),
        "lblcr" => new SetRemembered(Bound),
        "dh" => new DestinationBuckets(),
        "sh" => new SourceBuckets(),
        "sed" => new Least(server => (server.Active + 1m) / server.Weight),
        "nq" => new Least(server => server.Active == 0
            ? 0
            : (server.Active + 1m) / server.Weight),
        "fo" => new Least(server => -server.Weight),
        "ovf" => new Least(server => -server.Weight, server => server.Active <= server.Weight),
        "mh" => new Preferences(isIpv4),
        "twos" => new TwoLots(new SeededChance(Seed)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}

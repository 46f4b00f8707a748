using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using CsCheck;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>
/// Each scheduler against its rule written out slowly, while servers come, go, change weight and
/// load. The rules are those of Linux 6.12; servers stand newest first.
/// </summary>
public sealed class SchedulerModelTests
{
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency(
            (2, Gen.Const(Kind.Add)),
            (1, Gen.Const(Kind.Remove)),
            (2, Gen.Const(Kind.Edit)),
            (10, Gen.Const(Kind.Pick))),
        Gen.Int[0, 9],
        Gen.Int[0, 5],
        Gen.Int[0, 600],
        Gen.UInt,
        (kind, server, weight, load, address) => new Step(kind, server, weight, load, address));

    private enum Kind
    {
        Add,
        Remove,
        Edit,
        Pick,
    }

    public static TheoryData<string> Names => [.. Schedulers.Names.ToArray()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Picks_are_those_of_the_rule(string name)
    {
        Steps.Array[1, 80].Sample(
            steps =>
            {
                Comparison comparison = new(name);
                foreach (Step step in steps)
                {
                    comparison.Do(step);
                }
            },
            iter: 2_000);
    }

    [Fact]
    public void A_wrr_cycle_gives_each_server_its_weight_in_lowest_terms()
    {
        Gen.Int[0, 12].Array[1, 8].Where(weights => weights.Any(weight => weight > 0)).Sample(
            weights =>
            {
                VirtualService service = ServiceOf("wrr", weights);
                int divisor = weights.Aggregate(
                    (a, b) => (int)BigInteger.GreatestCommonDivisor(a, b));
                int cycle = weights.Sum() / divisor;

                int[] picks = new int[weights.Length];
                for (int turn = 0; turn < cycle; turn++)
                {
                    RealServer picked = service.Schedule.Pick(service, default, Instant.Zero)!;
                    picks[picked.Endpoint.Port]++;
                }

                Assert.Equal(weights.Select(weight => weight / divisor), picks);
            },
            iter: 1_000);
    }

    [Fact]
    public void Only_known_names_exist()
    {
        Assert.True(Schedulers.Exists("wlc"));
        Assert.False(Schedulers.Exists("WLC"));
        Assert.Throws<ArgumentException>(() => Schedulers.Create("none"));
        Assert.All(Schedulers.Names.ToArray(), name =>
            Assert.Equal(name, Schedulers.Create(name).Name));
    }

    private static VirtualService ServiceOf(string scheduler, params int[] weights)
    {
        ServiceKey key = new(TransportProtocol.Tcp, IpAddress.FromIpv4(0x0A09_0001), 80);
        VirtualService service = new(key, Schedulers.Create(scheduler));
        for (int index = 0; index < weights.Length; index++)
        {
            service.Add(Server(index, weights[index]));
        }

        return service;
    }

    private static RealServer Server(int number, int weight) => new(
        new(IpAddress.FromIpv4(0x0A01_0001), (ushort)number), ForwardingMethod.Nat, weight);

    private sealed record Step(Kind Kind, int Server, int Weight, int Load, uint Address);

    private sealed class Comparison(string name)
    {
        private readonly VirtualService _service = ServiceOf(name);
        private readonly IRule _rule = Rule(name);

        // Newest first, as a linked list: the kernel's own form.
        private readonly LinkedList<RealServer> _servers = new();

        public void Do(Step step)
        {
            LinkedListNode<RealServer>? node = _servers.First;
            while (node is not null && node.Value.Endpoint.Port != step.Server)
            {
                node = node.Next;
            }

            switch (step.Kind)
            {
                case Kind.Add when node is null:
                    RealServer server = Server(step.Server, step.Weight);
                    _servers.AddFirst(server);
                    _service.Add(server);
                    _rule.OnChanged(_servers);
                    break;
                case Kind.Remove when node is not null:
                    _rule.OnRemoving(node);
                    _servers.Remove(node);
                    _service.Remove(node.Value);
                    _rule.OnChanged(_servers);
                    break;
                case Kind.Edit when node is not null:
                    node.Value.ActiveConnections = step.Load / 3;
                    node.Value.InactiveConnections = step.Load;
                    _service.Edit(
                        node.Value,
                        node.Value.Settings with { Weight = step.Weight });
                    _rule.OnChanged(_servers);
                    break;
                case Kind.Pick:
                    Pick(step.Address);
                    break;
                default:
                    break;
            }
        }

        private void Pick(uint address)
        {
            FlowKey flow = new(
                TransportProtocol.Tcp,
                new(IpAddress.FromIpv4(address), 1),
                new(IpAddress.FromIpv4(address ^ 0x0055_AA00), 80));

            RealServer? expected = _rule.Pick(_servers, flow);

            Assert.Same(expected, _service.Schedule.Pick(_service, flow, Instant.Zero));
            if (expected is not null)
            {
                expected.ActiveConnections++;
            }
        }

        private static IRule Rule(string name) => name switch
        {
            "rr" => new Turns(),
            "wrr" => new SinkingBar(),
            "lc" => new Least(s => 257m * s.ActiveConnections + s.InactiveConnections),
            "wlc" => new Least(
                s => (257m * s.ActiveConnections + s.InactiveConnections) / s.Weight),
            "sed" => new Least(s => (s.ActiveConnections + 1m) / s.Weight),
            "nq" => new Least(
                s => s.ActiveConnections == 0 ? 0 : (s.ActiveConnections + 1m) / s.Weight),
            "sh" => new Buckets(flow => flow.Client, server => int.Max(server.Weight, 1)),
            "dh" => new Buckets(flow => flow.Virtual, _ => 1),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}

using System;
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
/// thresholds, and connections begin and end. The rules are those of Linux 6.12; servers stand
/// newest first.
/// </summary>
public sealed class SchedulerModelTests
{
    public static TheoryData<string> Names => [.. Schedulers.Names.ToArray()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Picks_are_those_of_the_rule(string name)
    {
        Gen.Select(Gen.Bool, Step.Any.Array[1, 120]).Sample(
            (isIpv4, steps) =>
            {
                Comparison comparison = new(name, isIpv4);
                foreach (Step step in steps)
                {
                    comparison.Do(step);
                }
            },
            iter: name == "mh" ? 100 : 1_000);
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
}

using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;

namespace Steelyard.Core.Scheduling;

/// <summary>The schedulers by their names.</summary>
public static class Schedulers
{
    /// <summary>What a service gets when nobody says otherwise.</summary>
    public const string Default = SchedulerNames.Default;

    public static ReadOnlySpan<string> Names => SchedulerNames.All;

    public static bool Exists(string name) => SchedulerNames.Exists(name);

    /// <summary>A scheduler for one service.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">For those that draw lots, or keep what packets asked for.</param>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static ISchedule Create(string name, ulong seed = 0) => name switch
    {
        "rr" => new RoundRobin(),
        "wrr" => new WeightedRoundRobin(),
        "lc" => new LeastConnection(),
        "wlc" => new WeightedLeastConnection(),
        "lblc" => new LocalityBased(seed),
        "lblcr" => new LocalityBasedReplicated(seed),
        "dh" => new DestinationHash(),
        "sh" => new SourceHash(),
        "sed" => new ShortestExpectedDelay(),
        "nq" => new NeverQueue(),
        "fo" => new WeightedFailover(),
        "ovf" => new WeightedOverflow(),
        "mh" => new MaglevHash(),
        "twos" => new PowerOfTwoChoices(new SeededChance(seed)),
        _ => throw new ArgumentException($"no scheduler is called '{name}'", nameof(name)),
    };
}

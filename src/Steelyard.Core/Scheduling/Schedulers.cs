using System;
using Steelyard.Core.Services;

namespace Steelyard.Core.Scheduling;

/// <summary>The schedulers by the names that <c>ipvsadm -s</c> and <c>lvs_sched</c> use.</summary>
public static class Schedulers
{
    /// <summary>What a service gets when nobody says otherwise.</summary>
    public const string Default = "wlc";

    private static readonly string[] All =
        ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh"];

    public static ReadOnlySpan<string> Names => All;

    public static bool Exists(string name) => Array.IndexOf(All, name) >= 0;

    /// <summary>A scheduler for one service.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static ISchedule Create(string name) => name switch
    {
        "rr" => new RoundRobin(),
        "wrr" => new WeightedRoundRobin(),
        "lc" => new LeastConnection(),
        "wlc" => new WeightedLeastConnection(),
        "sed" => new ShortestExpectedDelay(),
        "nq" => new NeverQueue(),
        "sh" => new SourceHash(),
        "dh" => new DestinationHash(),
        _ => throw new ArgumentException($"no scheduler is called '{name}'", nameof(name)),
    };
}

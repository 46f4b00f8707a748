using System;

namespace Steelyard.Core.Services;

/// <summary>
/// The names that <c>ipvsadm -s</c> and <c>lvs_sched</c> know, in the order of
/// <c>ipvsadm</c>'s help; here alone, for all who read or show them.
/// </summary>
public static class SchedulerNames
{
    /// <summary>What a service gets when nobody says otherwise.</summary>
    public const string Default = "wlc";

    private static readonly string[] Names =
    [
        "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
        "twos",
    ];

    public static ReadOnlySpan<string> All => Names;

    public static bool Exists(string name) => Array.IndexOf(Names, name) >= 0;
}

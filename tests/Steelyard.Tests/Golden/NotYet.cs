namespace Steelyard.Tests.Golden;

/// <summary>Recordings of things that the box does not do yet.</summary>
internal static class NotYet
{
    public static readonly string[] Scenarios = [];

    public static readonly string[] Packets = [];

    /// <summary>A recording and which of its second directors.</summary>
    /// <remarks>
    /// Templates are not learnt, nor is what has no service here; version 0 is not read.
    /// </remarks>
    public static readonly string[] Backups =
    [
        "sync/mixed-methods 1",
        "sync/nat-established 1",
        "sync/persist 0",
        "sync/persist-fwmark 0",
        "sync/persist-sip 0",
        "sync/version0 0",
    ];

    public static readonly string[] Syncs = [];
}

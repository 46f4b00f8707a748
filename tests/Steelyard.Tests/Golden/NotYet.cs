namespace Steelyard.Tests.Golden;

/// <summary>Recordings of things that the box does not do yet.</summary>
internal static class NotYet
{
    public static readonly string[] Scenarios = [];

    public static readonly string[] Packets = [];

    public static readonly string[] Syncs = [];
}

using System.Linq;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Every choice, packet, count, state, timeout and printed line is what the IPVS of Linux 6.1 and
/// its <c>ipvsadm</c> made; the recordings lie in Data/ipvs, and BETTER.json beside them names
/// the few places where we do better.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Scenarios =>
        [.. Scenario.NamesIn(string.Empty).Except(NotYet.Scenarios)];

    /// <summary>
    /// What the director of these recordings did beside sending messages; these are compared in
    /// the room of their codec.
    /// </summary>
    public static TheoryData<string> Syncs =>
        [.. Scenario.NamesIn("sync").Except([.. NotYet.Syncs, "sync/daemon-control"])];

    [Theory]
    [MemberData(nameof(Scenarios))]
    [MemberData(nameof(Syncs))]
    public void The_recording_is_reproduced(string name)
    {
        ScenarioReplay replay = new(Scenario.Load(name));

        replay.Play();
    }
}

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
        [.. Scenario.NamesIn(string.Empty)];

    /// <summary>
    /// What the director of these recordings did beside sending messages: when it sends them is
    /// our own choice.
    /// </summary>
    public static TheoryData<string> Syncs =>
        [.. Scenario.NamesIn("sync")];

    /// <summary>
    /// Written by hand from what the recordings' README and the kernel's source say.
    /// </summary>
    public static TheoryData<string> Derived =>
        [.. Scenario.NamesIn("derived")];

    /// <summary>Second directors that heard the messages of the kernel's sync daemon.</summary>
    public static TheoryData<string> Backups =>
        [.. Scenario.NamesIn("sync").SelectMany(Scenario.BackupsOf)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    [MemberData(nameof(Syncs))]
    [MemberData(nameof(Derived))]
    public void The_recording_is_reproduced(string name)
    {
        ScenarioReplay replay = new(Scenario.Load(name));

        replay.Play();
    }

    [Theory]
    [MemberData(nameof(Backups))]
    public void A_backup_that_hears_the_kernels_messages_knows_what_the_kernels_knows(
        string name)
    {
        ScenarioReplay replay = new(Scenario.LoadBackup(name));

        replay.Play();
    }
}

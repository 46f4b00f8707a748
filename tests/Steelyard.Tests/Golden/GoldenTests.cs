using System.Linq;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Every choice, count, state and timeout is what the IPVS of Linux 6.1 and 6.12 did; the
/// recordings lie in Data/ipvs.
/// </summary>
public sealed class GoldenTests
{
    // These two are replayed below, with what is left out of them.
    private const string EditForwarding = "edit-forwarding";
    private const string EditScheduler = "edit-scheduler";

    public static TheoryData<string> Whole =>
        [.. Scenario.Names.Where(name => name is not EditForwarding and not EditScheduler)];

    [Theory]
    [MemberData(nameof(Whole))]
    public void The_recording_is_reproduced(string name)
    {
        ScenarioReplay replay = new(Scenario.Load(name));

        replay.Play();
    }

    /// <summary>
    /// Event 6: an old connection by direct routing sends on, after its server became a tunnel's
    /// end. The kernel drops the packet, since its route to the server is the tunnel's; we go on.
    /// </summary>
    [Fact]
    public void Connections_keep_their_method_even_where_the_kernel_loses_its_route()
    {
        ScenarioReplay replay = new(Scenario.Load(EditForwarding));

        replay.Play(int.MaxValue, 6);
    }

    /// <summary>From event 29 on the recording uses the scheduler mh.</summary>
    [Fact]
    public void A_live_service_changes_its_scheduler()
    {
        ScenarioReplay replay = new(Scenario.Load(EditScheduler));

        replay.Play(29);
    }
}

using System;
using System.Linq;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;
using Steelyard.Linux.Clocks;
using Xunit.Abstractions;

namespace Steelyard.Rig.Lab;

/// <summary>
/// The whole pair in the lab, its buttons pressed while clients ask 200 times a second.
/// </summary>
public sealed class PressTests(ITestOutputHelper output)
{
    private const ushort UnusualPort = 9300;
    private const int Presses = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Press = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gaps are reported, not asserted: they say as much of the machine as of the pair.
    /// </summary>
    [RootFact]
    public async Task Each_press_moves_the_role_and_no_request_fails()
    {
        await using SteelyardLab lab = await SteelyardLab.StartAsync(UnusualPort, output.WriteLine);
        try
        {
            await PlayAsync(lab);
        }
        finally
        {
            foreach (LabBox box in lab.Boxes)
            {
                output.WriteLine(
                    string.Join('\n', box.LastLines(100).Select(line => $"{box.Name}: {line}")));
            }
        }
    }

    private async Task PlayAsync(SteelyardLab lab)
    {
        await UntilAsync(() => lab.Master is not null && lab.Boxes.Any(box => box.IsBackup));
        await UntilAsync(() => lab.Boxes.All(box => box.Status is BoxStatus status
            && status.Twin.Alive && status.Services.All(IsWhole)));
        lab.StartClients();
        await Task.Delay(Steady);
        Instant begin = MonotonicClock.Now;
        for (int press = 0; press < Presses; press++)
        {
            LabBox master = lab.Master ?? throw new InvalidOperationException("nobody serves");
            LabBox other = lab.Boxes.Single(box => box != master);
            Instant at = MonotonicClock.Now;

            await master.Panel.PressAsync(Press, default);
            await UntilAsync(() => lab.Master == other);
            await UntilAsync(() => other.Panel.Lights.Role && !master.Panel.Lights.Role);
            await Task.Delay(Steady);

            TimeSpan gap = lab.Probes!.Meter.LongestGap(at, at + TimeSpan.FromSeconds(1));
            output.WriteLine($"{master.Name} to {other.Name}: gap {gap.TotalMilliseconds} ms");
        }

        Instant end = MonotonicClock.Now;
        LabClients clients = lab.Clients!;
        await clients.StopAsync();
        output.WriteLine(string.Join('\n', clients.Tally.Reasons));
        Assert.Equal(0, clients.Tally.FailedBetween(begin, end));
        Assert.All(clients.Tally.PerServer, server => Assert.NotEqual(0, server.Value));
    }

    private static bool IsWhole(ServiceStatus service) =>
        service.RealServers.All(server => server.Health == "up");

    private static async Task UntilAsync(Func<bool> isSo)
    {
        Instant latest = MonotonicClock.Now + Patience;
        while (!isSo())
        {
            Assert.True(MonotonicClock.Now < latest, $"waited {Patience.TotalSeconds} s in vain");
            await Task.Delay(20);
        }
    }
}

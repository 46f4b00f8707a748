using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>What the keys do to the lab.</summary>
internal sealed class LabKeys(SteelyardLab lab, LabHistory history)
{
    private static readonly TimeSpan Press = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(5.3);

    /// <summary>Two lines, for narrow terminals.</summary>
    public static ImmutableArray<string> Help { get; } =
    [
        "a b press the button   A B hold it 5 s (maintenance)   k l kill -9 or revive",
        "1 2 3 stop or start a server   q quit",
    ];

    /// <summary>False when the key means to quit.</summary>
    public bool OnKey(char key, CancellationToken cancellation)
    {
        switch (key)
        {
            case 'a' or 'b':
                Run(PressAsync(lab.Boxes[key - 'a'], Press, cancellation));
                return true;
            case 'A' or 'B':
                Run(PressAsync(lab.Boxes[key - 'A'], Hold, cancellation));
                return true;
            case 'k' or 'l':
                KillOrRevive(lab.Boxes[key - 'k']);
                return true;
            case >= '1' and <= '3':
                Run(StopOrStartAsync(lab.Servers[key - '1']));
                return true;
            default:
                return key is not ('q' or 'Q');
        }
    }

    /// <summary>A deed that fails is told among the deeds; the lab goes on.</summary>
    private void Run(Task deed) => _ = deed.ContinueWith(
        failed => Tell($"that failed: {failed.Exception?.InnerException?.Message}"),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    private Task PressAsync(LabBox box, TimeSpan hold, CancellationToken cancellation)
    {
        Tell(hold == Hold
            ? $"button {box.Name.ToUpperInvariant()} is held down"
            : $"button {box.Name.ToUpperInvariant()} was pressed");
        return box.Panel.PressAsync(hold, cancellation);
    }

    private void KillOrRevive(LabBox box)
    {
        if (box.IsRunning)
        {
            Tell($"box {box.Name.ToUpperInvariant()} was killed (kill -9)");
            box.Kill();
        }
        else
        {
            Tell($"box {box.Name.ToUpperInvariant()} was switched on");
            box.Start();
        }
    }

    private Task StopOrStartAsync(LabServer server)
    {
        Tell(server.IsRunning ? $"{server.Name} was stopped" : $"{server.Name} was started");
        return server.IsRunning ? server.StopAsync() : server.StartAsync();
    }

    private void Tell(string sentence) => history.Add(sentence, MonotonicClock.Now);
}

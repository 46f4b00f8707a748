using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Linux;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>The lab: the whole world in network namespaces.</summary>
public static class LabProgram
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int BadUsage = 2;
    private const int Interrupted = 130; // 128 + SIGINT, as shells have it.
    private const string Tour = "tour";
    private const int BeforeOthers = -10;
    private static readonly TimeSpan OrderlyExit = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(LabOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Scenario is not (null or Tour))
        {
            await Console.Error.WriteLineAsync(
                $"steelyard lab: there is no scenario '{options.Scenario}'; there is '{Tour}'");
            return BadUsage;
        }

        if (options.DashboardPort is 0 or ushort.MaxValue)
        {
            await Console.Error.WriteLineAsync(
                "steelyard lab: '--dashboard-port' takes a port from 1 to 65534: box B's dashboard "
                + "has the next one");
            return BadUsage;
        }

        try
        {
            LabRights.Obtain();
            using CancellationTokenSource end =
                CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            LabInterrupt interrupt = new(end.Cancel, EndAtOnce);
            using PosixSignalRegistration press = On(
                PosixSignal.SIGINT, () => interrupt.OnPress(MonotonicClock.Now));
            using PosixSignalRegistration terminate = On(PosixSignal.SIGTERM, end.Cancel);
            using PosixSignalRegistration hangUp = On(PosixSignal.SIGHUP, end.Cancel);
            return await RunAsync(options, end);
        }
        catch (Exception failure) when (failure is LabException or KernelException)
        {
            await Console.Error.WriteLineAsync($"steelyard lab: {failure.Message}");
            return Refused;
        }
    }

    private static async Task<int> RunAsync(LabOptions options, CancellationTokenSource end)
    {
        // Clients and screen must not stand still while something else keeps the machine busy.
        // Without the right they run as others do.
        _ = ThreadTuning.TryRaiseProcess(BeforeOthers);

        // A tour is measured, not looked at: it can do without the dashboards' doors.
        await using SteelyardLab lab = await SteelyardLab.StartAsync(
            options.DashboardPort, options.Scenario is null ? null : Tell);
        try
        {
            return options.Scenario is null
                ? await PlayAsync(lab, end.Token)
                : await TourAsync(lab, options, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return options.Scenario is null ? Done : Refused;
        }
    }

    private static void Tell(string sentence) => Console.Error.WriteLine($"lab: {sentence}");

    /// <summary>
    /// Ends in good order, with everything taken down again, also when the terminal closes.
    /// </summary>
    private static PosixSignalRegistration On(PosixSignal signal, Action act) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            act();
        });

    /// <summary>
    /// The boxes end with this process, the networks with them, and the folder with the next lab.
    /// </summary>
    private static void EndAtOnce()
    {
        Tell("ends at once");
        Thread lastResort = new(() =>
        {
            Thread.Sleep(OrderlyExit);
            _ = ProcessLife.Kill(Environment.ProcessId);
        })
        {
            IsBackground = true,
        };
        lastResort.Start();
        Environment.Exit(Interrupted); // Gives the terminal back as it was, if it comes that far.
    }

    private static async Task<int> PlayAsync(SteelyardLab lab, CancellationToken cancellation)
    {
        if (!Console.IsInputRedirected && !Console.IsOutputRedirected)
        {
            await new LabView(lab).RunAsync(cancellation);
            return Done;
        }

        // No terminal to draw on or to press keys at: the world runs, and the dashboards show it.
        await Console.Out.WriteLineAsync(
            $"dashboards of the pair: {lab.DashboardAddress(0)} and {lab.DashboardAddress(1)}\n"
            + $"control sockets: {lab.Boxes[0].ControlSocket} and {lab.Boxes[1].ControlSocket}\n"
            + "end with Ctrl-C");
        while (!lab.IsReady(MonotonicClock.Now) && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(100, cancellation);
        }

        lab.StartClients();
        await Task.Delay(Timeout.Infinite, cancellation);
        return Done;
    }

    private static async Task<int> TourAsync(
        SteelyardLab lab, LabOptions options, CancellationToken cancellation)
    {
        TourScenario tour = new(lab, Tell);
        TourResult result = await tour.PlayAsync(cancellation);
        if (result.Problem is not null || options.Verbosity > 0)
        {
            foreach (string line in lab.Boxes.SelectMany(box =>
                box.LastLines(60).Select(line => $"{box.Name}: {line}")))
            {
                await Console.Error.WriteLineAsync(line);
            }
        }

        if (result.Problem is string problem)
        {
            await Console.Error.WriteLineAsync($"steelyard lab: {problem}");
        }

        await Console.Out.WriteLineAsync(options.PrintsJson
            ? JsonSerializer.Serialize(result, LabJson.Default.TourResult)
            : TourTable.Write(result));
        return result.Problem is null ? Done : Refused;
    }
}

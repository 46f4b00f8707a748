using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Host.Api;
using Steelyard.Host.Logging;
using Steelyard.Host.Storage;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Processes;
using Steelyard.Linux.Watchdog;

namespace Steelyard.Host.Loops;

/// <summary><c>steelyard run</c>: one box from its configuration to its orderly end.</summary>
public static class BoxProgram
{
    private const int Done = 0;
    private const int BoxSaysNo = 1;
    private const int BadConfiguration = 2;

    /// <summary>
    /// The collector stops all threads before it works, also the real-time one: none of them may
    /// wait long for its turn.
    /// </summary>
    private const int Niceness = -15;

    public static string Version { get; } =
        typeof(BoxProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Runs until it is told to stop; returns the process's exit code.</summary>
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        using ILoggerFactory loggers = LogSetup.Create(options.Verbosity);
        ILogger log = loggers.CreateLogger("steelyard");
        if (!Leash.TryAttach())
        {
            Log.Failed(log, "the lab that holds this box is gone");
            return BoxSaysNo;
        }

        ConfigurationResult read = Read(options.ConfigurationPath);
        Report(log, read);
        if (read.Config is not ApplianceConfig config)
        {
            return BadConfiguration;
        }

        IReadOnlyList<string> missing = Capabilities.Read().MissingToRun;
        if (missing.Count > 0)
        {
            Log.Failed(log, $"this process lacks {string.Join(" and ", missing)}: "
                + "run it as root, or by the systemd unit, which grants them");
            return BoxSaysNo;
        }

        if (!ThreadTuning.TryRaiseProcess(Niceness))
        {
            Log.RightMissing(log, "this process runs without raised priority "
                + "(CAP_SYS_NICE is missing): a busy machine may delay adverts");
        }

        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using Box box = new(config, Version, loggers, Die)
        {
            ResetToFactory = options.ResetToFactory,
            UsualPanel = options.PanelChip is string chip ? new PanelConfig(chip) : null,
            OwnCertificate = options.OwnCertificate,
        };
        using BoxControl control = new(box, options.ConfigurationPath, log);
        try
        {
            await using ControlSocket socket = await ControlSocket.StartAsync(
                options.SocketPath, control, cancellationToken, loggers);
            await box.StartAsync();
            Log.Started(log, Version, config.BoxName, options.ConfigurationPath);
            await ServeAsync(box, control, log, stop);
            await box.ResignAsync();
            Log.Stopped(log);
        }
        catch (ControlSocketException refused)
        {
            Log.Failed(log, refused.Message);
            return BoxSaysNo;
        }

        return Done;
    }

    /// <summary>
    /// A loop broke: the process ends here and now, on that loop's own thread. Nothing of a broken
    /// box is to be trusted, an orderly end least of all: the other loop would go on to answer for
    /// addresses that the twin is about to take, and whoever asks the dead one would wait forever.
    /// What is printed comes from here, because the log's own thread may not come to it any more.
    /// </summary>
    private static void Die(Exception mistake) => Environment.FailFast(mistake.Message, mistake);

    internal static ConfigurationResult Read(string path) =>
        ConfigurationFile.Load(path, new ConfigFiles(), Environment.MachineName);

    internal static void Report(ILogger log, ConfigurationResult read)
    {
        foreach (ConfigFault fault in read.Faults)
        {
            if (fault.IsWarning)
            {
                Log.ConfigurationWarning(log, fault.ToString());
            }
            else
            {
                Log.Failed(log, fault.ToString());
            }
        }
    }

    /// <summary>Signals until the end: HUP reloads, TERM and INT stop.</summary>
    private static async Task ServeAsync(
        Box box, BoxControl control, ILogger log, CancellationTokenSource stop)
    {
        using SystemdNotifier systemd = new();
        using PosixSignalRegistration term = Stopping(PosixSignal.SIGTERM, stop);
        using PosixSignalRegistration interrupt = Stopping(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            context =>
            {
                context.Cancel = true;
                systemd.Reloading(MonotonicClock.Now);
                _ = Task.Run(() => ReloadAsync(control, systemd, log));
            });
        systemd.Ready();
        await WatchAsync(box, systemd, stop.Token);
        systemd.Stopping();
    }

    /// <summary>systemd waits for the word that it is over, however it went.</summary>
    private static async Task ReloadAsync(
        BoxControl control, SystemdNotifier systemd, ILogger log)
    {
        try
        {
            _ = await control.ReloadAsync(CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever it is, the box goes on as it was, and says why.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(log, $"the reload failed: {failure.Message}");
        }

        systemd.Ready();
    }

    private static PosixSignalRegistration Stopping(
        PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(
        signal,
        context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    /// <summary>Feeds systemd's watchdog, if it has one, until the box ends.</summary>
    private static async Task WatchAsync(
        Box box, SystemdNotifier systemd, CancellationToken cancellationToken)
    {
        TimeSpan period = systemd.WatchdogInterval / 2 ?? Timeout.InfiniteTimeSpan;
        WatchdogFeed feed = new(() => box.Turns, box.Nudge, systemd.Alive);
        while (!cancellationToken.IsCancellationRequested)
        {
            feed.Look();
            await Task.Delay(period, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

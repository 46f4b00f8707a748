using System;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Logging;
using Steelyard.Host.Mqtt;
using Steelyard.Host.Probes;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// A running box: every loop and every outlet, wired together. Reads like a parts list.
/// </summary>
internal sealed class Box : IAsyncDisposable
{
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HandOverLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Engine _engine;
    private readonly DataLoop _data;
    private readonly ControlLoop _control;
    private readonly Prober _prober;
    private readonly PanelRoom _panel;
    private readonly HardwareRoom _hardware;
    private readonly Telemetry _telemetry;
    private readonly DashboardServer _dashboard;
    private readonly Outlet[] _outlets;
    private readonly StandingWarnings _warnings = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Sampling _sampling;
    private Task _samplingEnd = Task.CompletedTask;

    public Box(
        ApplianceConfig config,
        string version,
        ILoggerFactory loggers,
        Action<Exception> onDeath)
    {
        ILogger log = loggers.CreateLogger("steelyard");
        _engine = new Engine(new EngineOptions
        {
            HashSeed = NewSeed(),
            ConnectionCapacity = ConnectionRoom.For(config, log),
        });
        PortPoller poller = new();
        _data = new DataLoop(_engine, poller.Wake, mistake =>
        {
            Log.LoopBroke(log, mistake, "data");
            onDeath(mistake);
        });
        _prober = new Prober((id, outcome) => Post((it, now) => it.OnProbe(id, outcome, now)));
        _telemetry = new Telemetry(config, config.BoxName, loggers) { Warnings = _warnings };
        _dashboard = new DashboardServer(_telemetry.Broker, loggers) { Warnings = _warnings };
        _panel = new PanelRoom(
            (isDown, at) => Post((it, _) => it.OnButton(isDown, at)),
            presence => Post((it, now) => it.OnPanel(presence, now)));
        _hardware = new HardwareRoom(reading => Post((it, now) => it.OnHardware(reading, now)));
        WorldEffects effects = new(_data, log)
        {
            OnCollected = listed => Post(
                (it, now) => it.OnCollected(listed.Records, listed.IsWhole, now)),
            OnProbeWanted = _prober.Start,
            OnPanel = _panel.Show,
            OnReset = Reset,
            OnEvent = _telemetry.Publish,
        };
        BoxIdentity identity = new(config.BoxName, version, MonotonicClock.Now);
        Controller controller = new(
            identity, _engine, effects, new SeededChance(NewSeed()), _warnings);
        _control = new ControlLoop(controller, _engine, _data, poller, effects, log, mistake =>
        {
            Log.LoopBroke(log, mistake, "control");
            onDeath(mistake);
        });
        Config = config;
        _outlets =
        [
            NewOutlet("the front panel", it => _panel.ConfigureAsync(it.Panel ?? UsualPanel), log),
            NewOutlet("telemetry", _telemetry.ReconfigureAsync, log),
            NewOutlet("the dashboard", ServePageAsync, log),
        ];
        Questions = new EngineQuestions(_control.Inbox, _data.TryCommand);
        _sampling = new Sampling(
            () => AskAsync((it, now) => it.Status(now)),
            status =>
            {
                _dashboard.Twin = status.Twin;
                _telemetry.Publish(status);
            },
            () => Config.Telemetry.Interval,
            log);
    }

    /// <summary>The configuration in force.</summary>
    public ApplianceConfig Config { get; private set; }

    /// <summary>The front panel where the file has none.</summary>
    public PanelConfig? UsualPanel { get; init; }

    /// <summary>Has the box forget everything. Null when it will, else why not.</summary>
    public required Func<string?> ResetToFactory { get; init; }

    /// <summary>The certificate of a dashboard that names no other.</summary>
    public required CertificateConfig OwnCertificate { get; init; }

    public Inbox Inbox => _control.Inbox;

    public Engine Engine => _engine;

    /// <summary>What any thread may ask the engine.</summary>
    public EngineQuestions Questions { get; }

    public async Task StartAsync()
    {
        _data.Start();
        _control.Start();
        _panel.Start();
        _hardware.Start();
        _ = await ApplyAsync(Config);
        _samplingEnd = _sampling.RunAsync(_stop.Token);
    }

    /// <summary>Puts a configuration in force; connections stay.</summary>
    /// <returns>
    /// Sentences on what does not work by it, and is tried again: never forwarding.
    /// </returns>
    public async Task<ImmutableArray<string>> ApplyAsync(ApplianceConfig config)
    {
        _ = await AskAsync((it, now) =>
        {
            it.Configure(config, now);
            return true;
        });
        Config = config;
        ImmutableArray<string>.Builder faults = ImmutableArray.CreateBuilder<string>();
        foreach (Outlet outlet in _outlets)
        {
            if (await outlet.ConfigureAsync(config) is string fault)
            {
                faults.Add(fault);
            }
        }

        return faults.ToImmutable();
    }

    /// <summary>Hands over to the twin if there is one, resigns, and says goodbye.</summary>
    public async Task ResignAsync()
    {
        bool isAwaited = await AskAsync((it, now) => it.PrepareStop(now));
        Instant patience = MonotonicClock.Now + HandOverPatience;
        while (isAwaited && MonotonicClock.Now < patience)
        {
            await Task.Delay(HandOverLook);
            isAwaited = await AskAsync((it, _) => it.IsHandingOver);
        }

        _ = await AskAsync((it, now) =>
        {
            it.Stop(now);
            return true;
        });
    }

    /// <summary>Numbers that grow as long as the loops make progress.</summary>
    public (long Data, long Control) Turns => (_data.Turns, _control.Turns);

    /// <summary>Has both loops turn once more: one that hangs does not.</summary>
    public void Nudge()
    {
        _data.Nudge();
        Post((_, _) => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _samplingEnd;
        await _prober.DisposeAsync();
        foreach (Outlet outlet in _outlets)
        {
            await outlet.DisposeAsync();
        }

        await _hardware.DisposeAsync();
        await _panel.DisposeAsync();
        _control.Dispose();
        _data.Dispose();
        await _dashboard.DisposeAsync();
        await _telemetry.DisposeAsync();
        _stop.Dispose();
    }

    private static ulong NewSeed()
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(seed);
        return BitConverter.ToUInt64(seed);
    }

    private Outlet NewOutlet(string name, Func<ApplianceConfig, Task> apply, ILogger log) => new(
        name,
        apply,
        _warnings,
        log,
        new BackOff(new SeededChance(NewSeed()), ShortestRetry, LongestRetry));

    private async Task ServePageAsync(ApplianceConfig config)
    {
        DashboardConfig page = config.Dashboard;
        if (page.IsEnabled)
        {
            await _dashboard.StartAsync(
                page.Listen,
                page.UsesTls ? page.Certificate ?? OwnCertificate : null,
                new PageAccess(page.AllowedHosts, page.TrustedProxies));
        }
        else
        {
            await _dashboard.StopAsync();
        }
    }

    private string? Reset() => ResetToFactory();

    private void Post(Action<Controller, Instant> wish) => _ = _control.Inbox.TryPost(wish);

    private Task<T> AskAsync<T>(Func<Controller, Instant, T> question) =>
        Inbox.AskAsync(question, CancellationToken.None);
}

using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Hardware;
using Steelyard.Host.Hardware;
using Steelyard.Host.Panel;

namespace Steelyard.Host.Loops;

/// <summary>Every few seconds the board is asked how it is.</summary>
internal sealed class HardwareRoom(Action<HardwareReading> onReading) : IAsyncDisposable
{
    // Heat and supply change in seconds; the firmware remembers what comes in between.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;

    public void Start() => _run = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    /// <summary>systemd's word for where the service keeps what it keeps.</summary>
    private static string StateFolder =>
        Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } named
            ? named.Split(':')[0] : "/";

    private async Task RunAsync()
    {
        using BoardThermometer thermometer = new();
        HardwareProbe probe = new("/", StateFolder, thermometer.ReadC);
        while (!_stop.IsCancellationRequested)
        {
            onReading(probe.Read());
            await Task.Delay(Interval, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Host.Panel;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps the front panel that the configuration names in service, if it names one.
/// </summary>
internal sealed class PanelRoom(
    Action<bool, Instant> onEdge, Action onGone, Action<BoxEvent> report)
    : IAsyncDisposable
{
    // A state that is shown while a device is put in place reaches it, from here or from there.
    private readonly Lock _showing = new();
    private PanelConfig? _config;
    private FrontPanelDevice? _device;
    private CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private PanelState _shown = PanelState.Dark;

    /// <summary>Shows a state; any thread, never waits for the panel.</summary>
    public void Show(PanelState state)
    {
        lock (_showing)
        {
            _shown = state;
            _device?.Show(state);
        }
    }

    public async Task ConfigureAsync(PanelConfig? config)
    {
        if (config == _config)
        {
            return;
        }

        await StopAsync();
        _config = config;
        if (config is not null)
        {
            _stop = new CancellationTokenSource();
            FrontPanelDevice device = new(config, () => MonotonicClock.Now, onEdge, report)
            {
                OnGone = onGone,
            };
            lock (_showing)
            {
                _device = device;
                device.Show(_shown);
            }

            _run = Task.Run(() => device.RunAsync(_stop.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        FrontPanelDevice? device;
        lock (_showing)
        {
            device = _device;
            _device = null;
        }

        await _stop.CancelAsync();
        await _run;
        device?.Dispose();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
    }
}

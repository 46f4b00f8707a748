using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;
using Steelyard.Host.Panel;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps the front panel that the configuration names in service, if it names one.
/// </summary>
internal sealed class PanelRoom(
    Action<bool, Instant> onEdge, Action<PanelPresence?> onPresence)
    : IAsyncDisposable
{
    // A state that is shown while a device is put in place reaches it, from here or from there.
    private readonly Lock _showing = new();
    private PanelConfig? _config;
    private FrontPanelDevice? _device;
    private CancellationTokenSource _stop = new();
    private Task _run = Task.CompletedTask;
    private PanelState _shown = PanelState.Dark;
    private readonly CancellationTokenSource _lampEnds = new();
    private Task _lamp = Task.CompletedTask;

    /// <summary>The board's own LED bears the role from now on.</summary>
    public void Start() => _lamp = Task.Run(() => BoardLamp.BearAsync(RoleShown, _lampEnds.Token));

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
        onPresence(null);
        _config = config;
        if (config is not null)
        {
            _stop = new CancellationTokenSource();
            FrontPanelDevice device = new(config, () => MonotonicClock.Now, onEdge, onPresence);
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
        await _lampEnds.CancelAsync();
        await _lamp;
        _lampEnds.Dispose();
    }

    private LedPattern RoleShown()
    {
        lock (_showing)
        {
            return _shown.Role;
        }
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

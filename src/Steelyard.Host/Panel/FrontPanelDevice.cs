using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;

namespace Steelyard.Host.Panel;

/// <summary>
/// The box's front panel over a gpiochip: blinks the LEDs and hands button edges on. A chip that is
/// missing is said once and waited for; the box runs on without it.
/// </summary>
/// <param name="clock">The monotonic clock that the control loop reads.</param>
/// <param name="onEdge">Told true when the button goes down, with the time; on any thread.</param>
/// <param name="onPresence">Told when the panel comes and goes; on any thread.</param>
public sealed class FrontPanelDevice(
    PanelConfig config,
    Func<Instant> clock,
    Action<bool, Instant> onEdge,
    Action<PanelPresence> onPresence)
    : IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _changed = new(0);
    private PanelFrame _shown = new(PanelState.Dark);
    private string? _complaint;

    /// <summary>How the chip of a name is opened.</summary>
    internal Func<string, PanelChip> Open { get; init; } = PanelChip.Open;

    /// <summary>Shows a state from now on; returns at once, from any thread.</summary>
    public void Show(PanelState state)
    {
        if (Volatile.Read(ref _shown).State == state)
        {
            return;
        }

        Volatile.Write(ref _shown, new PanelFrame(state));
        if (_changed.CurrentCount == 0)
        {
            _ = _changed.Release();
        }
    }

    /// <summary>Runs the panel until cancelled, through any number of lost chips.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using PanelChip chip = Open(config.Chip);
                await PumpAsync(chip, cancellation);
            }
#pragma warning disable CA1031 // A driver throws what it likes; the box runs on without the panel.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (cancellation.IsCancellationRequested)
                {
                    return;
                }

                Complain(failure.Message);
            }

            await Task.Delay(BetweenTries, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Let go only after <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _changed.Dispose();

    private void Complain(string sentence)
    {
        if (sentence != _complaint)
        {
            onPresence(new(config.Chip, sentence));
        }

        _complaint = sentence;
    }

    private async Task PumpAsync(PanelChip chip, CancellationToken cancellation)
    {
        PanelBoard board = PanelBoard.Load(
            PanelChip.IsSimulated(config.Chip) ? PanelBoard.Simulated : config.Board);
        using GpioLed? ready = Led(chip, board, config.ReadyLine);
        using GpioLed? role = Led(chip, board, config.RoleLine);
        using GpioLed? fault = Led(chip, board, config.FaultLine);
        using GpioButton? button = board.FindOrNone(config.ButtonLine) is BoardLine line
            ? new(chip.Controller, line, isDown => onEdge(isDown, chip.EdgeAt ?? clock()))
            : null;
        onPresence(new(config.Chip, Missing: null));
        _complaint = null;

        using CancellationTokenSource ends =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation, chip.Lost);
        int tick = 0;
        while (true)
        {
            PanelState state = Volatile.Read(ref _shown).State;
            ready?.Set(LedPace.IsLit(state.Ready, tick));
            role?.Set(LedPace.IsLit(state.Role, tick));
            fault?.Set(LedPace.IsLit(state.Fault, tick));
            try
            {
                // A change is shown at once; otherwise the pattern moves on by one tick.
                bool changed = await _changed.WaitAsync(LedPace.Tick, ends.Token);
                tick = changed ? tick : (tick + 1) % LedPace.TicksPerSecond;
            }
            catch (OperationCanceledException) when (chip.Lost.IsCancellationRequested)
            {
                throw new PanelException($"{config.Chip} went away");
            }
        }
    }

    /// <summary>None on a board that lacks it.</summary>
    private static GpioLed? Led(PanelChip chip, PanelBoard board, string name) =>
        board.FindOrNone(name) is BoardLine line ? new(chip.Controller, line) : null;

    /// <summary>A state in one reference, which other threads see whole or not at all.</summary>
    private sealed record PanelFrame(PanelState State);
}

using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Host.Panel;

/// <summary>The fault LED of a box that cannot run: lit as FAULT is, and nothing else.</summary>
internal static class FaultLamp
{
    /// <summary>Holds it lit until cancelled. Null, or why it cannot be lit.</summary>
    public static async Task<string?> HoldAsync(
        string chipName, string boardName, CancellationToken cancellation)
    {
        try
        {
            using PanelChip chip = PanelChip.Open(chipName);
            PanelBoard board = PanelBoard.Load(
                PanelChip.IsSimulated(chipName) ? PanelBoard.Simulated : boardName);
            if (board.FindOrNone(PanelLines.Fault) is not BoardLine line)
            {
                return "this board has no fault LED";
            }

            using GpioLed fault = new(chip.Controller, line);
            fault.Set(true);
            using CancellationTokenSource ends =
                CancellationTokenSource.CreateLinkedTokenSource(cancellation, chip.Lost);
            await Task.Delay(Timeout.Infinite, ends.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
#pragma warning disable CA1031 // A driver throws what it likes; without a panel there is no lamp.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure.Message;
        }
    }
}

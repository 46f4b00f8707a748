using System.CommandLine;
using Steelyard.Host.Panel;

namespace Steelyard.Host.Commands;

/// <summary><c>panel</c>: the front panel of a box that does not run.</summary>
internal static class PanelCommand
{
    private const string FaultState = "fault";

    public static Part Build()
    {
        Argument<string> state = new("STATE")
        {
            Description = "What to show: fault, the fault LED lit and all others dark.",
        };
        state.AcceptOnlyFromAmong(FaultState);
        Option<string> chip = new("--chip")
        {
            HelpName = "CHIP",
            Description = "The panel's gpiochip.",
            DefaultValueFactory = _ => "gpiochip0",
        };
        Option<string> board = new("--board")
        {
            HelpName = "BOARD",
            Description =
                "A board's name, the path of its panel.conf, or auto: as the device tree says.",
            DefaultValueFactory = _ => BoardShelf.Auto,
        };
        Command command = new("panel", "Show a state on the front panel until SIGTERM.")
        {
            state,
            chip,
            board,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? missing = await FaultLamp.HoldAsync(
                parsed.GetRequiredValue(chip), parsed.GetRequiredValue(board), cancellation);
            if (missing is not null)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    $"steelyard: no fault LED is lit: {missing}");
            }

            return ExitCodes.Done;
        });
        return new(command,
        [
            new("steelyard panel fault", "light the fault LED while the box cannot run"),
            new("steelyard panel fault --board rpi4", "on a board that is not found by itself"),
        ]);
    }
}

using System;
using System.CommandLine;
using System.IO;
using System.Threading.Tasks;
using Steelyard.Host.Appliance;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Commands;

/// <summary><c>intake</c>: a right configuration on the card becomes the box's.</summary>
internal static class IntakeCommand
{
    public static Part Build()
    {
        Option<string> from = new("--from")
        {
            HelpName = "FOLDER",
            Description = "The card's FAT partition, with steelyard.conf or keepalived.conf.",
            DefaultValueFactory = _ => BoxPlaces.Card,
        };
        Option<string> state = new("--state")
        {
            HelpName = "FOLDER",
            Description = "Where current.conf and its history are kept.",
            DefaultValueFactory = _ => BoxPlaces.Configuration,
        };
        Command command = new(
            "intake",
            "Take the card's configuration in if it is right; else say why in its FAULT.txt.")
        {
            from,
            state,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(from),
            parsed.GetRequiredValue(state),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return new(command,
        [
            new("steelyard intake", "as the box does when it starts, and before each reload"),
            new("steelyard intake --from /mnt --state /tmp/config", "try a card on a PC"),
        ]);
    }

    private static async Task<int> RunAsync(
        string from, string state, TextWriter output, TextWriter error)
    {
        Intake intake = new(
            Path.TrimEndingDirectorySeparator(from),
            new ConfigShelf(state),
            new ConfigFiles(),
            Environment.MachineName);
        IntakeReport report = intake.Run();
        TextWriter writer = report.IsWell ? output : error;
        foreach (string sentence in report.Said)
        {
            await writer.WriteLineAsync(sentence);
        }

        return report.Runs ? ExitCodes.Done : ExitCodes.Refused;
    }
}

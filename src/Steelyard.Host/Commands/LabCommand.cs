using System.CommandLine;
using Steelyard.Host.Lab;

namespace Steelyard.Host.Commands;

/// <summary><c>lab</c>: the whole world in network namespaces.</summary>
internal static class LabCommand
{
    private const ushort DefaultDashboardPort = 8080;

    public static Part Build()
    {
        Option<string?> scenario = new("--scenario")
        {
            HelpName = "NAME",
            Description = "Play a scenario unattended instead: tour.",
        };
        scenario.AcceptOnlyFromAmong("tour");
        Option<bool> json = new("--json")
        {
            Description = "With --scenario: print one JSON object.",
        };
        Option<ushort> port = new("--dashboard-port")
        {
            HelpName = "PORT",
            Description = "Loopback port of the dashboard.",
            DefaultValueFactory = _ => DefaultDashboardPort,
        };
        Option<bool> verbose = RunCommand.CreateVerbose();
        Command command = new(
            "lab",
            "Run a pair of boxes with clients and real servers in network namespaces, and play.")
        {
            scenario,
            json,
            port,
            verbose,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(scenario) is null)
            {
                result.AddError("'--json' goes with '--scenario'.");
            }
        });
        command.SetAction((parsed, cancellation) => LabProgram.RunAsync(
            new(
                parsed.GetValue(scenario),
                parsed.GetValue(json),
                parsed.GetValue(port),
                RunCommand.CountVerbose(parsed, verbose)),
            cancellation));
        return new(command,
        [
            new("sudo steelyard lab", "play with a pair of boxes on this machine"),
            new(
                "sudo steelyard lab --scenario tour --json",
                "press, kill, revive, stop and start, unattended; print what was measured"),
        ]);
    }
}

using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Appliance;

namespace Steelyard.Host.Commands;

/// <summary><c>health-gate</c>: waits until the box is as well as before its update.</summary>
internal static class HealthGateCommand
{
    private const int UsualSeconds = 120;

    public static Part Build()
    {
        Option<int> within = new("--within")
        {
            HelpName = "SECONDS",
            Description = "How long to wait.",
            DefaultValueFactory = _ => UsualSeconds,
        };
        within.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
            {
                result.AddError("'--within' takes 1 to 86400 seconds.");
            }
        });
        Option<string> configuration = new("--config", "-c")
        {
            HelpName = "FILE",
            Description = "The box's configuration, which names the dashboard's port.",
            DefaultValueFactory = _ => BoxPlaces.CurrentConfiguration,
        };
        Option<string> state = new("--state")
        {
            HelpName = "FOLDER",
            Description = "Where 'steelyard update' noted how the box was.",
            DefaultValueFactory = _ => BoxPlaces.Update,
        };
        Option<string> socket = SocketOption.Create();
        Command command = new(
            "health-gate", "Wait until the box is as well as it was before its update.")
        {
            within,
            configuration,
            state,
            socket,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(socket),
            parsed.GetRequiredValue(configuration),
            BeforeNote.Read(parsed.GetRequiredValue(state)),
            TimeSpan.FromSeconds(parsed.GetRequiredValue(within)),
            parsed.InvocationConfiguration.Output,
            cancellation));
        return new(command,
        [
            new("steelyard health-gate", "wait two minutes at most; 0 when the box is well"),
            new(
                "steelyard health-gate --within 30 && rauc status mark-good",
                "keep the new root only when it is"),
        ]);
    }

    private static async Task<int> RunAsync(
        string socket,
        string configuration,
        BeforeNote? before,
        TimeSpan within,
        TextWriter output,
        CancellationToken cancellation)
    {
        using CancellationTokenSource time =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(within);
        using ControlClient box = new(socket);
        using DashboardLook dashboard = new(configuration);
        HealthGate gate = new(box, before, dashboard.AskAsync, output.WriteLine);
        bool isWell = await gate.PassAsync(
            token => Task.Delay(TimeSpan.FromSeconds(1), token), time.Token);
        return isWell ? ExitCodes.Done : ExitCodes.Refused;
    }
}

using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Appliance;
using Steelyard.Host.Update;

namespace Steelyard.Host.Commands;

/// <summary><c>health-gate</c>: waits until the box is as well as before its update.</summary>
internal static class HealthGateCommand
{
    private const int UsualSeconds = 120;
    private const int UsualSteadySeconds = 15;

    public static Part Build()
    {
        Option<int> within = Seconds("--within", "How long to wait.", UsualSeconds);
        Option<int> steady = Seconds(
            "--steady", "How long it must be well without a break.", UsualSteadySeconds);
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
            steady,
            configuration,
            state,
            socket,
        };
        command.Validators.Add(result =>
        {
            if (Given(result.GetResult(within), UsualSeconds)
                <= Given(result.GetResult(steady), UsualSteadySeconds))
            {
                result.AddError("'--within' must be longer than '--steady', or no box passes.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(socket),
            parsed.GetRequiredValue(configuration),
            parsed.GetRequiredValue(state),
            TimeSpan.FromSeconds(parsed.GetRequiredValue(within)),
            parsed.GetRequiredValue(steady),
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

    private static Option<int> Seconds(string name, string description, int usual)
    {
        Option<int> option = new(name)
        {
            HelpName = "SECONDS",
            Description = description,
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (Given(result, usual) is null)
            {
                result.AddError($"'{name}' takes 1 to 86400 seconds.");
            }
        });
        return option;
    }

    /// <summary>As the command line has it; null when it is none that may be.</summary>
    private static int? Given(OptionResult? result, int usual)
    {
        string? word = result is { Tokens: [Token token] } ? token.Value : null;
        return word is null ? usual
            : int.TryParse(word, CultureInfo.InvariantCulture, out int seconds)
                && seconds is >= 1 and <= 86_400 ? seconds
            : null;
    }

    private static async Task<int> RunAsync(
        string socket,
        string configuration,
        string state,
        TimeSpan within,
        int steadySeconds,
        TextWriter output,
        CancellationToken cancellation)
    {
        bool isOnTrial = await IsOnTrialAsync(cancellation);
        using CancellationTokenSource time =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(within);
        using ControlClient box = new(socket);
        using DashboardLook dashboard = new(configuration);
        // A look a second, the first at once.
        HealthGate gate = new(
            box,
            BeforeNote.Read(state),
            dashboard.AskAsync,
            steadySeconds + 1,
            output.WriteLine);
        string? why = await gate.PassAsync(
            token => Task.Delay(TimeSpan.FromSeconds(1), token), time.Token, cancellation);
        if (isOnTrial && TrialNote.End(state, why) is string fault)
        {
            await output.WriteLineAsync(fault);
        }

        return why is null ? ExitCodes.Done : ExitCodes.Refused;
    }

    /// <summary>Whoever asks at another time, or on another machine, ends no trial.</summary>
    private static async Task<bool> IsOnTrialAsync(CancellationToken cancellation)
    {
        try
        {
            return await new RaucInstaller(ProgramRunner.RunAsync).IsOnTrialAsync(cancellation);
        }
        catch (UpdateRefusedException)
        {
            return false;
        }
    }
}

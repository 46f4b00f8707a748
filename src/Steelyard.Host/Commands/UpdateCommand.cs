using System;
using System.CommandLine;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Appliance;
using Steelyard.Host.Loops;
using Steelyard.Host.Update;

namespace Steelyard.Host.Commands;

/// <summary><c>update</c>: the box gets a new root, and hands over before it goes down.</summary>
internal static class UpdateCommand
{
    public static Part Build()
    {
        Words words = new();
        Command command = new(
            "update", "Install a signed bundle into the idle root, hand over, and restart.")
        {
            words.Bundle,
            words.Downgrade,
            words.Force,
            words.Yes,
            words.Stay,
            words.State,
            words.Socket,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
            UpdateView view = new(output, isTerminal);
            using ControlClient box = new(parsed.GetRequiredValue(words.Socket));
            using HttpMessageInvoker http = new(new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(15),
            });
            using DashboardLook dashboard = new(BoxPlaces.CurrentConfiguration);
            string folder = parsed.GetRequiredValue(words.State);
            Updater updater = new(
                box,
                new RaucInstaller(ProgramRunner.RunAsync),
                new BundleFetch(http, folder, BundleFetch.UsualMostBytes, Task.Delay),
                new TwinGate(box, Task.Delay),
                dashboard.AskAsync,
                ImageVersion.Read(BoxProgram.Version),
                folder)
            {
                OnProgress = view.Show,
            };
            using HangUp session = new(cancellation);
            return await RunAsync(updater, view, words, parsed, isTerminal, session.Token);
        });
        return new(command,
        [
            new("steelyard update steelyard-0.2.0-rpi64.raucb", "from a file on the box"),
            new("steelyard update https://example.org/steelyard.raucb", "from a web server"),
            new("steelyard update old.raucb --allow-downgrade", "go back to an older version"),
        ]);
    }

    private static async Task<int> RunAsync(
        Updater updater,
        UpdateView view,
        Words words,
        ParseResult parsed,
        bool isTerminal,
        CancellationToken cancellation)
    {
        UpdateOptions options = new()
        {
            AllowsDowngrade = parsed.GetValue(words.Downgrade),
            AllowsSame = parsed.GetValue(words.Force),
            AllowsBreak = parsed.GetValue(words.Yes),
            Restarts = !parsed.GetValue(words.Stay),
            Ask = question => Task.FromResult(
                isTerminal && !Console.IsInputRedirected && Ask(view, question)),
        };
        try
        {
            await updater.RunAsync(parsed.GetRequiredValue(words.Bundle), options, cancellation);
            return ExitCodes.Done;
        }
        catch (UpdateRefusedException refused)
        {
            view.Close();
            UpdateView.Write(
                parsed.InvocationConfiguration.Error, $"steelyard: {refused.Message}\n");
            return ExitCodes.Refused;
        }
        finally
        {
            view.Close();
        }
    }

    private static bool Ask(UpdateView view, string question)
    {
        view.Close();
        UpdateView.Write(Console.Out, $"{question} [y/N] ");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    /// <summary>What may stand on the command line.</summary>
    private sealed class Words
    {
        public Argument<string> Bundle { get; } = new("BUNDLE")
        {
            Description = "The signed bundle: a file, or an http:// or https:// address.",
        };

        public Option<bool> Downgrade { get; } = new("--allow-downgrade")
        {
            Description = "Install an older version than the one that runs.",
        };

        public Option<bool> Force { get; } = new("--force", "-f")
        {
            Description = "Install the version that runs already once more.",
        };

        public Option<bool> Yes { get; } = new("--yes", "-y")
        {
            Description = "Go on when no twin can take over: connections will break.",
        };

        public Option<bool> Stay { get; } = new("--no-reboot")
        {
            Description = "Neither hand over nor restart: the next start tries the new root.",
        };

        public Option<string> State { get; } = new("--state")
        {
            HelpName = "FOLDER",
            Description = "Where the bundle is kept while it is fetched.",
            DefaultValueFactory = _ => BoxPlaces.Update,
        };

        public Option<string> Socket { get; } = SocketOption.Create();
    }
}

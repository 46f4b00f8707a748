using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;
using Spectre.Console.Rendering;
using Steelyard.Core.Control;
using Steelyard.Host.Api;

namespace Steelyard.Host.Commands;

/// <summary><c>status</c>: the whole box at a glance.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Part Build()
    {
        Option<bool> json = new("--json")
        {
            Description = "Print JSON as the box wrote it.",
        };
        Option<bool> watch = new("--watch", "-w")
        {
            Description = "Show it anew each second until Ctrl-C.",
        };
        Option<string> socket = SocketOption.Create();
        Command command = new("status", "Show roles, services, servers, ports and panel.")
        {
            json,
            watch,
            socket,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using ControlClient box = new(parsed.GetRequiredValue(socket));
            TextWriter output = parsed.InvocationConfiguration.Output;
            bool watches = parsed.GetValue(watch);
            return parsed.GetValue(json)
                ? await PrintJsonAsync(box, output, watches, cancellation)
                : await PrintAsync(box, output, watches, cancellation);
        });
        return new(command,
        [
            new("steelyard status", "show the box at a glance"),
            new("steelyard status --watch", "keep showing it"),
            new(
                "steelyard status --json | jq '.services[].real_servers[].health'",
                "take one thing out of it"),
        ]);
    }

    private static async Task<int> PrintJsonAsync(
        ControlClient box, TextWriter output, bool watches, CancellationToken cancellationToken)
    {
        do
        {
            await output.WriteLineAsync(await box.StatusJsonAsync(cancellationToken));
        }
        while (watches && await PauseAsync(cancellationToken));
        return ExitCodes.Done;
    }

    private static async Task<int> PrintAsync(
        ControlClient box, TextWriter output, bool watches, CancellationToken cancellationToken)
    {
        IAnsiConsole console = ConsoleOn(output);
        IRenderable first = StatusView.Render(await box.StatusAsync(cancellationToken));
        if (!watches || !console.Profile.Capabilities.Ansi)
        {
            console.Write(first);
            while (watches && await PauseAsync(cancellationToken))
            {
                console.WriteLine();
                console.Write(StatusView.Render(await box.StatusAsync(cancellationToken)));
            }

            return ExitCodes.Done;
        }

        await console.Live(first).StartAsync(async live =>
        {
            while (await PauseAsync(cancellationToken))
            {
                live.UpdateTarget(await LookAsync(box, cancellationToken));
                live.Refresh();
            }
        });
        return ExitCodes.Done;
    }

    /// <summary>A box that is restarted comes back: whoever watches is told, and waits.</summary>
    private static async Task<IRenderable> LookAsync(
        ControlClient box, CancellationToken cancellationToken)
    {
        try
        {
            BoxStatus status = await box.StatusAsync(cancellationToken);
            return StatusView.Render(status);
        }
        catch (NoBoxException none)
        {
            return new Text($"{none.Message}; waiting for it", new Style(Color.Red));
        }
    }

    private static async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pause, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Colours on a terminal; plain text of 80 columns or more elsewhere.</summary>
    private static IAnsiConsole ConsoleOn(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        return isTerminal ? AnsiConsole.Console : PlainConsole(output, columns: 100);
    }

    /// <summary>A console without colours and cursor movements.</summary>
    internal static IAnsiConsole PlainConsole(TextWriter output, int columns)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = columns;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}

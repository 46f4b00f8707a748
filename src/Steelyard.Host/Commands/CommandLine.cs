using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Steelyard.Core.Telemetry;
using Steelyard.Host.Api;

namespace Steelyard.Host.Commands;

/// <summary>
/// Finds the command that is meant, runs it, and turns how it ends into an exit code.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        ImmutableArray<Part> parts,
        TextWriter output,
        TextWriter error)
    {
        // An '@' begins no file of further arguments: nothing is read but what is named as a file.
        ParserConfiguration grammar = new() { ResponseFileTokenReplacer = null };
        ParseResult parsed = Assemble(parts).Parse(Meant(arguments), grammar);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError wrong in parsed.Errors)
            {
                await error.WriteLineAsync($"steelyard: {wrong.Message}");
            }

            await error.WriteLineAsync($"Try '{PathOf(parsed)} --help'.");
            return ExitCodes.BadUsage;
        }

        using StopSignals stop = new();
        InvocationConfiguration invocation = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // Signals are ours: a box hands over before it ends, however long that takes.
            ProcessTerminationTimeout = null,
        };
        return await GuardAsync(() => parsed.InvokeAsync(invocation, stop.Token), error);
    }

    /// <summary>Turns what a command throws into a sentence and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> run, TextWriter error)
    {
        try
        {
            return await run();
        }
        catch (NoBoxException none)
        {
            await error.WriteLineAsync($"steelyard: {none.Message}");
            return ExitCodes.NoBox;
        }
        catch (BoxRefusedException refused)
        {
            await error.WriteLineAsync($"steelyard: {refused.Message}");
            return ExitCodes.Refused;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
#pragma warning disable CA1031 // Our own mistake: who gave a command gets a sentence, not a dump.
        catch (Exception mistake)
#pragma warning restore CA1031
        {
            string sentence = ShownText.Of($"{mistake.GetType().Name}: {mistake.Message}");
            await error.WriteLineAsync($"steelyard: this did not work out: {sentence}");
            return ExitCodes.Refused;
        }
    }

    /// <summary>Help and version under the names by which people ask for them.</summary>
    private static IReadOnlyList<string> Meant(IReadOnlyList<string> arguments) => arguments switch
    {
        [] or ["help"] => ["--help"],
        ["help", ..] => [.. arguments.Skip(1), "--help"],
        ["version"] => ["--version"],
        _ => arguments,
    };

    private static RootCommand Assemble(ImmutableArray<Part> parts)
    {
        RootCommand root = new("Steelyard, a layer-4 load balancer in a box.");
        foreach (Part part in parts)
        {
            root.Subcommands.Add(part.Command);
        }

        Dictionary<Command, ImmutableArray<Example>> examples = parts.ToDictionary(
            part => part.Command, part => part.Examples);
        examples.Add(root, [.. parts.Select(part => part.Examples[0])]);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new ExampleHelp(help, examples);
            }
        }

        return root;
    }

    private static string PathOf(ParseResult parsed)
    {
        string name = parsed.CommandResult.Command.Name;
        return parsed.CommandResult.Parent is null ? "steelyard" : $"steelyard {name}";
    }
}

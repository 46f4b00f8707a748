using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.IO;

namespace Steelyard.Host.Commands;

/// <summary>The library's help, and examples under it.</summary>
internal sealed class ExampleHelp(
    HelpAction help, IReadOnlyDictionary<Command, ImmutableArray<Example>> examples)
    : SynchronousCommandLineAction
{
    /// <summary>Whoever asks for help need not have got the rest right.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (examples.TryGetValue(
            parseResult.CommandResult.Command, out ImmutableArray<Example> shown))
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (Example example in shown)
            {
                output.WriteLine($"  {example.Line}");
                output.WriteLine($"      {example.Meaning}");
            }

            output.WriteLine();
        }

        return code;
    }
}

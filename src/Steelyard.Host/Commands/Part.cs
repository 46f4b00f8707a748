using System.Collections.Immutable;
using System.CommandLine;

namespace Steelyard.Host.Commands;

/// <summary>One command of the program, with the examples that its help shows.</summary>
internal sealed record Part(Command Command, ImmutableArray<Example> Examples);

/// <param name="Line">What to type.</param>
/// <param name="Meaning">What it does.</param>
internal readonly record struct Example(string Line, string Meaning);

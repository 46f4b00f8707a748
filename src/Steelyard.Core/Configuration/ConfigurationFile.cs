using System.Collections.Generic;
using System.Collections.Immutable;

namespace Steelyard.Core.Configuration;

/// <summary>What became of a file.</summary>
/// <param name="Config">None when a fault is an error: nothing of a wrong file is used.</param>
/// <param name="Faults">Errors and warnings by position, 100 at most.</param>
public sealed record ConfigurationResult(
    ApplianceConfig? Config, ImmutableArray<ConfigFault> Faults);

/// <summary>A configuration in the grammar of <c>keepalived.conf</c>.</summary>
public static class ConfigurationFile
{
    /// <summary>
    /// Of a file with all that it includes. A thousand services of ten servers are 400,000.
    /// </summary>
    public const int MaximumCharacters = 4 * 1024 * 1024;

    /// <summary>
    /// Reads the file and all that it includes; never throws for what stands in them.
    /// </summary>
    /// <param name="hostName">The box's name when the file has no <c>router_id</c>.</param>
    public static ConfigurationResult Load(string path, IConfigFiles files, string hostName)
    {
        FaultList faults = new();
        IReadOnlyList<Statement> statements = new Parser(files, faults).Read(path);
        ApplianceConfig config = new Binder(faults, files).Bind(statements, hostName);
        return new(faults.HasErrors ? null : config, faults.ToSorted());
    }

    /// <summary>
    /// A right file as one text, with what it includes in the place of each <c>include</c>: it
    /// says the same wherever it is kept. A file that includes nothing comes out as it is.
    /// </summary>
    public static string Merge(string path, IConfigFiles files) =>
        new IncludeMerger(files).Read(path);
}

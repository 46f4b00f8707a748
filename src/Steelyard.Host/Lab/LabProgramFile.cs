using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Steelyard.Host.Lab;

/// <summary>How this very program is started once more.</summary>
internal static class LabProgramFile
{
    /// <summary>
    /// The file to execute: the program itself, or the <c>dotnet</c> that runs it.
    /// </summary>
    public static string Executable { get; } = Environment.ProcessPath
        ?? throw new LabException("the program's own file is unknown");

    /// <summary>What stands before the program's arguments.</summary>
    public static IReadOnlyList<string> Prefix { get; } =
        Path.GetFileNameWithoutExtension(Executable) == "dotnet"
            ? [Path.Combine(AppContext.BaseDirectory, "steelyard.dll")]
            : [];

    /// <summary>
    /// The arguments that this process was started with, to start it with them again.
    /// </summary>
    public static IReadOnlyList<string> OwnArguments =>
        [.. Prefix, .. Environment.GetCommandLineArgs().Skip(1)];
}

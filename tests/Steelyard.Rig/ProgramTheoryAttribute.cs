using System;
using System.IO;

namespace Steelyard.Rig;

/// <summary>
/// <see cref="RootTheoryAttribute"/> that also wants a program of the machine; without it the test
/// is skipped, and says which package brings it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(string program, string package)
    {
        Program = program;
        Package = package;
        Skip = RootRights.Lack
            ?? (File.Exists(program) ? null : $"needs {program}: install {package}");
    }

    public string Program { get; }

    public string Package { get; }
}

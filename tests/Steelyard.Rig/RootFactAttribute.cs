using System;
using System.Collections.Generic;
using Steelyard.Linux.Processes;

namespace Steelyard.Rig;

/// <summary>
/// A test that needs root's rights over networks; without them it is skipped, and says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = RootRights.Lack!;
}

/// <summary><see cref="RootFactAttribute"/> for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute() => Skip = RootRights.Lack!;
}

/// <summary>What the rig's tests need.</summary>
internal static class RootRights
{
    /// <summary>Why they cannot run; null when they can.</summary>
    internal static string? Lack { get; } = Find();

    private static string? Find()
    {
        Capabilities rights = Capabilities.Read();
        List<string> missing = [.. rights.MissingToRun];
        if (!rights.HasSysAdmin)
        {
            missing.Add("CAP_SYS_ADMIN");
        }

        return missing.Count == 0 ? null : $"needs {string.Join(", ", missing)}: run as root";
    }
}

using System;
using System.Globalization;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Loops;

/// <summary>
/// Ties a box to the process that holds it (a lab): when the holder ends, in whatever way, the box
/// ends with it.
/// </summary>
internal static class Leash
{
    private const string Variable = "STEELYARD_ENDS_WITH";

    /// <summary>For the box: true when nobody holds it, or the holder lives.</summary>
    public static bool TryAttach()
    {
        string? holder = Environment.GetEnvironmentVariable(Variable);
        return !int.TryParse(
                holder, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            || ProcessLife.TryEndWith(process);
    }

    /// <summary>For the holder: what the box must find in its environment.</summary>
    public static (string Name, string Value) Mark() =>
        (Variable, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}

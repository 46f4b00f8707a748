using System;
using System.Globalization;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>
/// Ties a box to its lab: when the lab ends, in whatever way, the box ends with it.
/// </summary>
public static class LabLeash
{
    private const string Variable = "STEELYARD_ENDS_WITH";

    /// <summary>For the box: nothing happens outside a lab.</summary>
    public static void Attach()
    {
        string? holder = Environment.GetEnvironmentVariable(Variable);
        if (int.TryParse(holder, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && !ProcessLife.TryEndWith(process))
        {
            throw new LabException($"the lab (process {process}) is gone");
        }
    }

    /// <summary>For the lab: what the box must find in its environment.</summary>
    internal static (string Name, string Value) Mark() =>
        (Variable, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}

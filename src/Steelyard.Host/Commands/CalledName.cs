using System;
using System.IO;

namespace Steelyard.Host.Commands;

/// <summary>
/// The name under which the program was called: a symbolic link's own, not its target's.
/// </summary>
internal static class CalledName
{
    public static string Read()
    {
        try
        {
            string commandLine = File.ReadAllText("/proc/self/cmdline");
            int end = commandLine.IndexOf('\0', StringComparison.Ordinal);
            return Path.GetFileName(end < 0 ? commandLine : commandLine[..end]);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Sockets;

namespace Steelyard.Host.Listening;

/// <summary>
/// How many files and sockets the process may have. A box at rest has some thirty, and when it is
/// compiled as it runs, two more for each of its ninety libraries, which the runtime keeps open;
/// compiled ahead of time, as in the image, it has none of these. The kernel gives the lowest
/// number that is free, so the number of a new one tells how many there are.
/// </summary>
internal static class Descriptors
{
    private const string Word = "Max open files";

    // Probes, scripts, the twin, netlink, files of the configuration, libraries.
    private const int OwnMost = 64;

    private static readonly Lazy<int> Limit = new(ReadLimit);

    /// <summary>Numbers below are for whoever comes; the others are for the box itself.</summary>
    public static int ForStrangers => Limit.Value - Math.Min(OwnMost, Limit.Value / 8);

    public static int NumberOf(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();

    /// <summary>The soft limit, which the runtime has raised to the hard one by now.</summary>
    internal static int Parse(IEnumerable<string> limits)
    {
        foreach (string line in limits)
        {
            if (line.StartsWith(Word, StringComparison.Ordinal))
            {
                string soft = line[Word.Length..].Split(
                    ' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return int.TryParse(soft, CultureInfo.InvariantCulture, out int limit)
                    ? limit
                    : int.MaxValue; // "unlimited"
            }
        }

        return int.MaxValue;
    }

    private static int ReadLimit()
    {
        try
        {
            return Parse(File.ReadLines("/proc/self/limits"));
        }
        catch (IOException)
        {
            return int.MaxValue;
        }
    }
}

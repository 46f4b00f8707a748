using System;
using System.Diagnostics;
using System.Threading;

namespace Steelyard.Rig.Box;

/// <summary>Programs of the machine, run as a person would.</summary>
internal static class Shell
{
    /// <summary>Longer than anything here takes, on the slowest machine.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs a line of sh and gives what it printed; a failure is the test's.</summary>
    internal static string Run(string line)
    {
        (int code, string output) = Try(line);
        Assert.True(code == 0, $"'{line}' ended with {code}: {output}");
        return output;
    }

    /// <summary>Runs a line of sh and gives its exit code and what it printed.</summary>
    internal static (int Code, string Output) Try(string line)
    {
        using Process process = Start($"{line} 2>&1");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Trim());
    }

    /// <summary>Starts a line of sh that goes on by itself.</summary>
    internal static Process Start(string line)
    {
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        return Process.Start(start)!;
    }

    /// <summary>Looks until something is so.</summary>
    internal static void Until(string what, Func<bool> isSo)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 < end, $"waited in vain until {what}");
            Thread.Sleep(50);
        }
    }
}

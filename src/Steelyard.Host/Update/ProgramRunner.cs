using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Update;

/// <param name="Output">Standard output, whole.</param>
/// <param name="Errors">Standard error, whole.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors);

/// <summary>Runs a program of the box to its end.</summary>
/// <param name="onLine">Told each line of standard output as it comes; on any thread.</param>
/// <exception cref="UpdateRefusedException">There is no such program.</exception>
internal delegate Task<ProgramResult> RunProgram(
    string program,
    IReadOnlyList<string> arguments,
    Action<string> onLine,
    CancellationToken cancellation);

internal static class ProgramRunner
{
    /// <summary>Runs it as a child, which a cancellation ends.</summary>
    public static async Task<ProgramResult> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        Action<string> onLine,
        CancellationToken cancellation)
    {
        using Process process = new();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        StringBuilder output = new();
        StringBuilder errors = new();
        process.OutputDataReceived += (_, happening) =>
        {
            if (happening.Data is string line)
            {
                output.Append(line).Append('\n');
                onLine(line);
            }
        };
        process.ErrorDataReceived += (_, happening) =>
        {
            if (happening.Data is string line)
            {
                errors.Append(line).Append('\n');
            }
        };
        Start(process, program);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return new(process.ExitCode, output.ToString(), errors.ToString());
    }

    private static void Start(Process process, string program)
    {
        try
        {
            _ = process.Start();
        }
        catch (Win32Exception missing)
        {
            throw new UpdateRefusedException(
                $"there is no program '{program}' here: only a box of the image updates itself",
                missing);
        }
    }
}

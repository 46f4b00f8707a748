using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Steelyard.Rig.Vm;

/// <summary>
/// A guest with a real kernel: its IPVS and Steelyard stand side by side, are told the same, and
/// get the same packets. The comparison itself is <see cref="Inside.GuestProgram"/>.
/// </summary>
public sealed class SideBySideTests
{
    /// <summary>These stay the same; one more is drawn anew each time.</summary>
    private static readonly int[] Seeds = [1, 2, 3];

    /// <summary>Many times what it takes, even on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [VmFact]
    public async Task The_kernel_and_Steelyard_answer_and_forward_alike()
    {
        string asked = Environment.GetEnvironmentVariable("STEELYARD_VM_SEEDS") ?? string.Empty;
        string seeds = asked.Length > 0
            ? asked
            : string.Join(' ', Seeds.Append(Environment.TickCount & 0xFFFF).Select(
                seed => seed.ToString(CultureInfo.InvariantCulture)));

        (int code, string output) = await RunAsync("compare " + seeds);

        Assert.True(
            code == 0,
            $"the comparison ended with {code} for the seeds {seeds} (STEELYARD_VM_SEEDS=SEED "
            + $"repeats one):\n{output}");
    }

    private static async Task<(int Code, string Output)> RunAsync(string words)
    {
        ProcessStartInfo start = new(Path.Combine(Folder(), "inside"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(AppContext.BaseDirectory);
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(word);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.HasExited ? process.ExitCode : -1, await output + await error);
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

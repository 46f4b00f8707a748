using System;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Update;

/// <summary>RAUC, asked by its command line. rauc(1), version 1.13.</summary>
internal sealed partial class RaucInstaller(RunProgram run) : IInstaller
{
    private const string Rauc = "rauc";
    private const string BootChoice = "/usr/lib/steelyard/boot-choice";

    public async Task<Bundle> InspectAsync(string path, CancellationToken cancellation)
    {
        RaucAnswer answer = await AskAsync(["info", "--output-format=json", path], cancellation);
        return answer is { Compatible: string compatible, Version: string version }
            ? new(compatible, version)
            : throw new UpdateRefusedException("the bundle does not say its board and version");
    }

    public async Task<string> ReadCompatibleAsync(CancellationToken cancellation)
    {
        RaucAnswer answer = await AskAsync(["status", "--output-format=json"], cancellation);
        return answer.Compatible
            ?? throw new UpdateRefusedException("RAUC does not say what kind of board this is");
    }

    public async Task<bool> IsOnTrialAsync(CancellationToken cancellation)
    {
        ProgramResult result = await run(BootChoice, ["is-trial"], _ => { }, cancellation);
        return (result.ExitCode, result.Errors.Trim()) switch
        {
            (0, _) => true,
            (1, "") => false, // A shell that fails ends with 1 too, but not without a word.
            (_, string said) => throw new UpdateRefusedException(
                $"{BootChoice} does not say whether this root is on trial: {said}"),
        };
    }

    public async Task InstallAsync(
        string path, Action<int, string> onProgress, CancellationToken cancellation)
    {
        try
        {
            // In a session of its own: Ctrl-C would reach RAUC's client too, which then ends as if
            // the installation had failed, while RAUC's service goes on.
            ProgramResult result = await run(
                "setsid",
                ["--wait", Rauc, "install", path],
                line =>
                {
                    if (ProgressLine().Match(line) is { Success: true } match)
                    {
                        onProgress(
                            int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture),
                            match.Groups[2].Value);
                    }
                },
                cancellation);
            Require(result);
        }
        catch (OperationCanceledException)
        {
            await StopAsync();
            throw;
        }
    }

    public async Task RestartAsync(CancellationToken cancellation)
    {
        ProgramResult result =
            await run("systemctl", ["reboot"], _ => { }, cancellation);
        if (result.ExitCode != 0)
        {
            throw new UpdateRefusedException(
                $"the box does not restart: {result.Errors.Trim()}");
        }
    }

    /// <summary>
    /// RAUC cannot be told to stop, only ended; the next request starts its service again. Before
    /// it writes a root it has marked it bad, so a half written one is never started. The root may
    /// have been finished in the very moment, hence the second step.
    /// </summary>
    private async Task StopAsync()
    {
        ProgramResult stop =
            await run("systemctl", ["stop", "rauc.service"], _ => { }, CancellationToken.None);
        if (stop.ExitCode != 0)
        {
            throw new UpdateRefusedException(
                "RAUC does not stop: it goes on writing the other root, and the next start tries "
                + $"that: {stop.Errors.Trim()}");
        }

        ProgramResult forget =
            await run(BootChoice, ["forget-trial"], _ => { }, CancellationToken.None);
        if (forget.ExitCode != 0)
        {
            throw new UpdateRefusedException(
                "RAUC is stopped, but the next start may try the other root: "
                + forget.Errors.Trim());
        }
    }

    private async Task<RaucAnswer> AskAsync(string[] arguments, CancellationToken cancellation)
    {
        ProgramResult result = await run(Rauc, arguments, _ => { }, cancellation);
        Require(result);
        try
        {
            return JsonSerializer.Deserialize(result.Output, RaucJson.Default.RaucAnswer)
                ?? throw new UpdateRefusedException("RAUC answered nothing");
        }
        catch (JsonException wrong)
        {
            throw new UpdateRefusedException(
                $"RAUC's answer is not understood: {wrong.Message}", wrong);
        }
    }

    private static void Require(ProgramResult result)
    {
        if (result.ExitCode != 0)
        {
            throw new UpdateRefusedException(RaucWords.Explain(result));
        }
    }

    [GeneratedRegex(@"^\s*(\d{1,3})%\s+(.+?)\s*$")]
    private static partial Regex ProgressLine();
}

/// <summary>What we read of RAUC's answers; there is more in them.</summary>
internal sealed record RaucAnswer(string? Compatible = null, string? Version = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RaucAnswer))]
internal sealed partial class RaucJson : JsonSerializerContext;

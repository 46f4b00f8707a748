using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Telemetry;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Commands;

/// <summary><c>check</c>: is a configuration right, and what would run?</summary>
internal static partial class CheckCommand
{
    /// <summary>
    /// Characters of a source line that are shown; more would not fit a terminal.
    /// </summary>
    private const int MostColumns = 160;

    public static Part Build()
    {
        Argument<string> file = new("FILE") { Description = "The configuration to check." };
        Command command = new(
            "check", "Check a configuration: faults with their place, or what would run.")
        {
            file,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetRequiredValue(file),
            new ConfigFiles(),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return new(command,
        [
            new("steelyard check /etc/steelyard/steelyard.conf", "say what is wrong, and where"),
            new(
                "steelyard check new.conf && systemctl reload steelyard",
                "reload only what is right"),
        ]);
    }

    internal static async Task<int> RunAsync(
        string path, IConfigFiles files, TextWriter output, TextWriter error)
    {
        ConfigurationResult result = ConfigurationFile.Load(path, files, Environment.MachineName);
        await PrintFaultsAsync(result.Faults, files, error);
        if (result.Config is null)
        {
            int errors = result.Faults.Count(fault => !fault.IsWarning);
            await error.WriteLineAsync(
                $"{ShownText.Of(path)}: {Count(errors, "error")}; nothing of it can run.");
            return ExitCodes.BadUsage;
        }

        await PrintSummaryAsync(path, result.Config, output);
        return ExitCodes.Done;
    }

    /// <summary>Every fault with its line and a caret under the place.</summary>
    internal static async Task PrintFaultsAsync(
        ImmutableArray<ConfigFault> faults, IConfigFiles files, TextWriter error)
    {
        const int MaximumLength = 4 * 1024 * 1024;
        Dictionary<string, string[]> sources = [];
        foreach (ConfigFault fault in faults)
        {
            await error.WriteLineAsync(ShownText.Of(fault.ToString()));
            if (!sources.TryGetValue(fault.Position.File, out string[]? lines))
            {
                lines = files.TryRead(fault.Position.File, MaximumLength, out string? text, out _)
                    ? text.Split('\n')
                    : [];
                sources.Add(fault.Position.File, lines);
            }

            int index = fault.Position.Line - 1;
            if (index < 0 || index >= lines.Length)
            {
                continue;
            }

            // Tabs stay tabs in the line of the caret, so that it stands where it should.
            string line = lines[index].TrimEnd('\r');
            int column = Math.Clamp(fault.Position.Column - 1, 0, line.Length);
            if (column < MostColumns)
            {
                string shown = line.Length > MostColumns ? line[..MostColumns] : line;
                string lead = new([.. line[..column].Select(
                    letter => letter == '\t' ? '\t' : ' ')]);
                await error.WriteLineAsync($"    {Printable(WithoutSecrets(shown))}");
                await error.WriteLineAsync($"    {lead}^");
            }
        }
    }

    private static async Task PrintSummaryAsync(
        string path, ApplianceConfig config, TextWriter output)
    {
        // Names are any letters that a person chose.
        Task WriteAsync(string line) => output.WriteLineAsync(ShownText.Of(line));
        await WriteAsync($"{path} is right. The box '{config.BoxName}' would run");
        foreach (VirtualRouterConfig router in config.VirtualRouters)
        {
            await WriteAsync(
                $"  virtual router {router.Name}: VRID {router.VirtualRouterId} on "
                + $"{router.Interface}, priority {router.Priority}, VRRP version {router.Version}, "
                + $"an advert each {router.AdvertisementInterval.TotalSeconds:0.##} s; "
                + string.Join(", ", router.Addresses));
        }

        if (config.Sync is SyncConfig sync)
        {
            string secured = config.SyncKeys.Length switch
            {
                0 => "not authenticated",
                1 => "authenticated with a key",
                _ => "authenticated, two keys accepted",
            };
            await WriteAsync($"  sync channel on {sync.Interface}: {secured}");
        }

        foreach (SyncGroupConfig group in config.SyncGroups)
        {
            await WriteAsync(
                $"  sync group {group.Name}: {string.Join(", ", group.Members)}");
        }

        foreach (VirtualServerConfig server in config.VirtualServers)
        {
            int checks = server.RealServers.Sum(real => real.Checks.Length);
            await WriteAsync(
                $"  virtual server {server.Key}: {server.Settings.Scheduler}, "
                + $"{Count(server.RealServers.Length, "real server")}, {Count(checks, "check")}");
        }

        if (config.VirtualRouters.IsEmpty && config.VirtualServers.IsEmpty)
        {
            await WriteAsync("  nothing: it names no virtual router and no server");
        }
    }

    private static string Count(int number, string thing) =>
        $"{number} {thing}{(number == 1 ? string.Empty : "s")}";

    /// <summary>The words that are keys and passwords become stars, each as long.</summary>
    private static string WithoutSecrets(string line) => Secrets().Replace(
        line, found => new string('*', found.Length));

    [GeneratedRegex(
        @"(?<=hex:)[^\s}""]+|(?<=(^|[\s{])(key|auth_pass)\s+)(?!file:|credential:)[^\s}][^}]*")]
    private static partial Regex Secrets();

    /// <summary>
    /// What a terminal would obey, or turn the line by, is a dot as wide as it is in the file.
    /// </summary>
    private static string Printable(string line) => string.Concat(line.EnumerateRunes().Select(
        letter => letter.Value == '\t' || ShownText.Of($"{letter}") == $"{letter}"
            ? $"{letter}"
            : new string('\u00b7', letter.Utf16SequenceLength)));
}

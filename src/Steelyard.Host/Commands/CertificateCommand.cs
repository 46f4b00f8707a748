using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;
using Steelyard.Host.Appliance;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Commands;

/// <summary><c>certificate</c>: the box's own, for a dashboard over HTTPS.</summary>
internal static class CertificateCommand
{
    public static Part Build()
    {
        Option<string> folder = new("--folder")
        {
            HelpName = "FOLDER",
            Description = "Where box.crt and box.key are, or are to be.",
            DefaultValueFactory = _ => BoxPlaces.Certificate,
        };
        Option<string> name = new("--name")
        {
            HelpName = "NAME",
            Description = "How browsers call the box; without a dot in it, NAME.local as well.",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        Option<string[]> addresses = new("--address")
        {
            HelpName = "ADDRESS",
            Description = "An address by which browsers ask for it; may be given more than once.",
        };
        Option<bool> force = new("--force")
        {
            Description = "Make a new key and certificate in place of those that are there.",
        };
        addresses.Validators.Add(CheckAddresses);
        Command command = new(
            "certificate",
            "Make the box's key and certificate, or say the fingerprint of the one it has.")
        {
            folder,
            name,
            addresses,
            force,
        };
        command.SetAction((parsed, _) => RunAsync(
            new(
                parsed.GetRequiredValue(folder),
                parsed.GetRequiredValue(name),
                [.. (parsed.GetValue(addresses) ?? []).Select(Read)],
                parsed.GetValue(force)),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return new(command,
        [
            new("steelyard certificate", "the fingerprint, to compare with the browser's"),
            new(
                "steelyard certificate --folder /etc/steelyard/tls --name lb --address 10.1.0.2",
                "a certificate for a machine of one's own"),
        ]);
    }

    private static IPAddress Read(string text) => IpAddress.Parse(text).ToIPAddress();

    private static void CheckAddresses(OptionResult result)
    {
        foreach (Token token in result.Tokens)
        {
            if (!IpAddress.TryParse(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is not an IP address.");
            }
        }
    }

    private static async Task<int> RunAsync(Wish wish, TextWriter output, TextWriter error)
    {
        CertificateConfig files = BoxCertificate.FilesIn(wish.Folder);
        try
        {
            if (File.Exists(files.Certificate) && !wish.Renews)
            {
                return await ShowAsync(files, output, error);
            }

            if (!BoxCertificate.IsName(wish.Name))
            {
                await error.WriteLineAsync(
                    $"steelyard: '{wish.Name}' is not the name of a box: give one of letters, "
                    + "digits and '-' with --name, and addresses with --address");
                return ExitCodes.BadUsage;
            }

            using X509Certificate2 made = BoxCertificate.Make(
                wish.Folder,
                wish.Name,
                wish.Addresses,
                wish.Renews,
                RandomNumberGenerator.GetBytes(BoxCertificate.SerialLength));
            IEnumerable<string> names = BoxCertificate.NamesOf(wish.Name)
                .Concat(wish.Addresses.Select(address => address.ToString()));
            await output.WriteLineAsync(
                $"{files.Certificate} and {files.Key} are made, for {string.Join(", ", names)}");
            await SayAsync(made, output);
            return ExitCodes.Done;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(
                $"steelyard: no certificate in {wish.Folder}: {failure.Message}");
            return ExitCodes.Refused;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            await error.WriteLineAsync(
                $"steelyard: what is in {wish.Folder} is no certificate or no key in PEM: "
                + "take it away, or make both anew with --force");
            return ExitCodes.Refused;
        }
    }

    private static async Task<int> ShowAsync(
        CertificateConfig files, TextWriter output, TextWriter error)
    {
        if (!File.Exists(files.Key))
        {
            await error.WriteLineAsync(
                $"steelyard: {files.Certificate} exists, but {files.Key} does not: "
                + "--force makes both anew");
            return ExitCodes.Refused;
        }

        if (!PemPair.TryRead(files, out PemPair? pair, out string? fault))
        {
            await error.WriteLineAsync($"steelyard: {fault} --force makes both anew.");
            return ExitCodes.Refused;
        }

        using X509Certificate2 known = pair.Certificate;
        await output.WriteLineAsync(
            $"{files.Certificate} exists; --force makes another in its place");
        await SayAsync(known, output);
        return ExitCodes.Done;
    }

    private static Task SayAsync(X509Certificate2 certificate, TextWriter output) =>
        output.WriteLineAsync(
            $"SHA-256 fingerprint {PemPair.FingerprintOf(certificate)}");

    /// <summary>What the command line asks for.</summary>
    /// <param name="Renews">Whether what is there gives way.</param>
    private sealed record Wish(
        string Folder, string Name, IReadOnlyList<IPAddress> Addresses, bool Renews);
}

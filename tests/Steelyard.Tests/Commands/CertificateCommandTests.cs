using System;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Steelyard.Host.Commands;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Commands;

public sealed class CertificateCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");

    private string Certificate => Path.Combine(_folder.FullName, "box.crt");

    private string Key => Path.Combine(_folder.FullName, "box.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_made_is_said_with_its_names_and_its_fingerprint()
    {
        (int code, string output, string error) =
            await RunAsync("--name lb --address 10.1.0.2 --address fd00::2");

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(
            $"{Certificate} and {Key} are made, for lb, lb.local, 10.1.0.2, fd00::2\n"
            + $"SHA-256 fingerprint {Fingerprint()}\n",
            output);
    }

    [Fact]
    public async Task One_that_is_there_is_kept_and_its_fingerprint_said()
    {
        await RunAsync("--name lb");
        string before = await File.ReadAllTextAsync(Certificate);

        (int code, string output, string error) = await RunAsync("--name other");

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(
            $"{Certificate} exists; --force makes another in its place\n"
            + $"SHA-256 fingerprint {Fingerprint()}\n",
            output);
        Assert.Equal(before, await File.ReadAllTextAsync(Certificate));
    }

    [Fact]
    public async Task Force_makes_another()
    {
        await RunAsync("--name lb");
        (string certificate, string key) = (Fingerprint(), await File.ReadAllTextAsync(Key));

        (int code, string output, _) = await RunAsync("--name lb --force");

        Assert.Equal(ExitCodes.Done, code);
        Assert.NotEqual(certificate, Fingerprint());
        Assert.NotEqual(key, await File.ReadAllTextAsync(Key));
        Assert.Contains(Fingerprint(), output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_without_its_key_is_said()
    {
        await RunAsync("--name lb");
        File.Delete(Key);

        (int code, _, string error) = await RunAsync("--name lb");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Equal(
            $"steelyard: {Certificate} exists, but {Key} does not: --force makes both anew\n",
            error);
    }

    [Fact]
    public async Task A_certificate_of_another_key_is_said()
    {
        await RunAsync("--name lb");
        string certificate = await File.ReadAllTextAsync(Certificate);
        await RunAsync("--name lb --force");
        await File.WriteAllTextAsync(Certificate, certificate);

        (int code, string output, string error) = await RunAsync("--name lb");

        Assert.Equal((ExitCodes.Refused, ""), (code, output));
        Assert.Equal(
            $"steelyard: {Key} is not the key of {Certificate} in PEM and without a password; "
            + "put the right one there. --force makes both anew.\n",
            error);
    }

    [Theory]
    [InlineData("box.crt")]
    [InlineData("box.key")]
    public async Task Rubbish_is_left_where_it_is_until_it_is_to_give_way(string name)
    {
        string path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, "rubbish");

        (int code, _, string error) = await RunAsync("--name lb");
        (int forced, _, _) = await RunAsync("--name lb --force");

        Assert.Equal(ExitCodes.Refused, code);
        Assert.Contains("--force", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, forced);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_said()
    {
        await File.WriteAllTextAsync(Key, "a file");

        (int code, _, string error) = await RunAsync("--name lb", Key);

        Assert.Equal(ExitCodes.Refused, code);
        Assert.StartsWith($"steelyard: no certificate in {Key}: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--name a,CN=b", "'a,CN=b'")]
    [InlineData("--name 10.0.0.1", "--address")]
    [InlineData("--address lb", "'lb' is not an IP address")]
    public async Task Bad_usage_makes_nothing(string line, string named)
    {
        (int code, _, string error) = await RunAsync(line);

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    private string Fingerprint()
    {
        using X509Certificate2 certificate =
            X509CertificateLoader.LoadCertificateFromFile(Certificate);
        return PemPair.FingerprintOf(certificate);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(
        string line, string? folder = null)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int code = await CommandLine.RunAsync(
            ["certificate", "--folder", folder ?? _folder.FullName, .. line.Split(' ')],
            [CertificateCommand.Build()],
            output,
            error);
        return (code, output.ToString(), error.ToString());
    }
}

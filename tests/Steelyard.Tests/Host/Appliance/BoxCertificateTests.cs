using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Steelyard.Core.Configuration;
using Steelyard.Host.Appliance;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Host.Appliance;

/// <summary>What a box makes for itself, read back from the certificate's own bytes.</summary>
public sealed class BoxCertificateTests : IDisposable
{
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly byte[] Serial = [.. Enumerable.Range(0x80, 16).Select(at => (byte)at)];

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("sy");

    private string Folder => Path.Combine(_parent.FullName, "tls");

    private CertificateConfig Files => BoxCertificate.FilesIn(Folder);

    public void Dispose() => _parent.Delete(recursive: true);

    [Fact]
    public void It_is_called_as_the_box_is_and_as_mDNS_says_it_and_by_its_addresses()
    {
        using X509Certificate2 made = Make("lb", IPAddress.Parse("10.1.0.2"), IPAddress.IPv6Any);

        X509SubjectAlternativeNameExtension names = Extension(made, "2.5.29.17");
        Assert.Equal("CN=lb", made.Subject);
        Assert.Equal("CN=lb", made.Issuer);
        Assert.Equal(["lb", "lb.local"], names.EnumerateDnsNames());
        Assert.Equal(
            [IPAddress.Parse("10.1.0.2"), IPAddress.IPv6Any], names.EnumerateIPAddresses());
        Assert.True(made.MatchesHostname("lb.local"));
        Assert.True(made.MatchesHostname("10.1.0.2"));
    }

    [Fact]
    public void A_whole_name_is_not_one_of_mDNS_too()
    {
        using X509Certificate2 made = Make("lb.example.net");

        Assert.Equal(["lb.example.net"], Extension(made, "2.5.29.17").EnumerateDnsNames());
    }

    /// <summary>RFC 5280 §4.1.2.5: 99991231235959Z, a GeneralizedTime.</summary>
    [Fact]
    public void It_holds_whatever_time_the_box_believes_it_is()
    {
        using X509Certificate2 made = Make("lb");

        Assert.Equal(new DateTime(2019, 1, 1), made.NotBefore.ToUniversalTime());
        Assert.Equal(new DateTime(9999, 12, 31, 23, 59, 59), made.NotAfter.ToUniversalTime());
        Assert.True(made.RawDataMemory.Span.IndexOf("99991231235959Z"u8) > 0);
    }

    [Fact]
    public void It_is_a_server_s_and_signs_no_other()
    {
        using X509Certificate2 made = Make("lb");

        X509BasicConstraintsExtension basic =
            made.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        X509KeyUsageExtension usage = made.Extensions.OfType<X509KeyUsageExtension>().Single();
        X509EnhancedKeyUsageExtension purpose =
            made.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single();
        Assert.Equal((false, true), (basic.CertificateAuthority, basic.Critical));
        Assert.Equal(
            (X509KeyUsageFlags.DigitalSignature, true), (usage.KeyUsages, usage.Critical));
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1"], purpose.EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value));
    }

    /// <summary>RFC 5280 §4.1.2.2: positive, 20 octets at most.</summary>
    [Fact]
    public void Its_serial_number_is_the_chance_that_was_given_and_positive()
    {
        using X509Certificate2 made = Make("lb");

        byte[] expected = [.. Serial];
        expected[0] = 0x40;
        Assert.Equal(expected, made.SerialNumberBytes.ToArray());
        Assert.Equal(BoxCertificate.SerialLength, Serial.Length);
    }

    [Fact]
    public void The_fingerprint_is_the_SHA_256_of_the_certificate_s_bytes()
    {
        using X509Certificate2 made = Make("lb");

        string fingerprint = PemPair.FingerprintOf(made);

        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(made.RawData)),
            fingerprint.Replace(":", string.Empty, StringComparison.Ordinal));
        Assert.Equal(32, fingerprint.Split(':').Length);
    }

    [Fact]
    public void The_files_are_a_pair_on_the_curve_P_256()
    {
        using X509Certificate2 made = Make("lb");

        Assert.True(PemPair.TryRead(Files, out PemPair? pair, out _));
        using ECDsa key = pair.Certificate.GetECDsaPrivateKey()!;
        Assert.Equal(made.RawData, pair.Certificate.RawData);
        Assert.Equal("1.2.840.10045.3.1.7", key.ExportParameters(false).Curve.Oid.Value);
        Assert.Empty(pair.Issuers);
    }

    [Fact]
    public void The_key_is_for_the_owner_and_the_group_and_nothing_is_left_beside_it()
    {
        using X509Certificate2 made = Make("lb");

        Assert.Equal(ReadWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Files.Key));
        Assert.Equal(
            ReadWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(Files.Certificate));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Folder) & (UnixFileMode)7);
        Assert.Equal(
            [Files.Certificate, Files.Key],
            Directory.GetFiles(Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_key_without_a_certificate_gets_one()
    {
        using X509Certificate2 first = Make("lb");
        string key = File.ReadAllText(Files.Key);
        File.Delete(Files.Certificate);

        using X509Certificate2 second = Make("lb");

        Assert.Equal(key, File.ReadAllText(Files.Key));
        Assert.Equal(first.GetPublicKey(), second.GetPublicKey());
        Assert.True(PemPair.TryRead(Files, out _, out _));
    }

    [Fact]
    public void A_key_gives_way_to_another_when_it_is_to()
    {
        using X509Certificate2 first = Make("lb");
        using X509Certificate2 second = BoxCertificate.Make(Folder, "lb", [], renews: true, Serial);

        Assert.NotEqual(first.GetPublicKey(), second.GetPublicKey());
        Assert.True(PemPair.TryRead(Files, out PemPair? pair, out _));
        Assert.Equal(second.RawData, pair.Certificate.RawData);
    }

    /// <summary>A folder in the key's place breaks it off, as a power cut would.</summary>
    [Fact]
    public void A_renewal_that_breaks_off_leaves_no_certificate_of_another_key()
    {
        using X509Certificate2 first = Make("lb");
        File.Delete(Files.Key);
        Directory.CreateDirectory(Files.Key);

        Assert.ThrowsAny<Exception>(
            () => BoxCertificate.Make(Folder, "lb", [], renews: true, Serial));

        Assert.False(File.Exists(Files.Certificate));
    }

    [Theory]
    [InlineData("steelyard-1a2b3c4d", true)]
    [InlineData("lb_1.example.net", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("-a", false)]
    [InlineData("a..b", false)]
    [InlineData("a,CN=b", false)]
    [InlineData("bücher", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_name_is_one_that_a_certificate_can_carry(string name, bool may) =>
        Assert.Equal(may, BoxCertificate.IsName(name));

    private static X509SubjectAlternativeNameExtension Extension(
        X509Certificate2 certificate, string oid) =>
        new(certificate.Extensions[oid]!.RawData);

    private X509Certificate2 Make(string name, params IPAddress[] addresses) =>
        BoxCertificate.Make(Folder, name, addresses, renews: false, Serial);
}

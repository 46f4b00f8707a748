using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Steelyard.Core.Configuration;
using Steelyard.Host.Appliance;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Storage;

public sealed class PemPairTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");

    public PemPairTests() =>
        BoxCertificate.Make(_folder.FullName, "lb", [], renews: false, new byte[16]).Dispose();

    private CertificateConfig Files => BoxCertificate.FilesIn(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_that_is_missing_is_named_with_what_to_do()
    {
        File.Delete(Files.Key);

        Assert.Equal(
            $"{Files.Key} cannot be read: no such file; `steelyard certificate` makes a "
            + "certificate and its key, `tls` in the configuration names others.",
            FaultOf(Files));
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    public void What_is_no_certificate_is_said(string text)
    {
        File.WriteAllText(Files.Certificate, text);

        Assert.Equal(
            $"{Files.Certificate} holds no certificate in PEM; put one there.", FaultOf(Files));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_one_s_key_is_not_its_key(bool isOfAnotherKind)
    {
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA primes = RSA.Create(2048);
        File.WriteAllText(Files.Key, isOfAnotherKind
            ? primes.ExportPkcs8PrivateKeyPem()
            : curve.ExportPkcs8PrivateKeyPem());

        Assert.StartsWith(
            $"{Files.Key} is not the key of {Files.Certificate}",
            FaultOf(Files),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_behind_a_password_is_not_taken()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Files.Key));
        File.WriteAllText(Files.Key, key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)));

        Assert.Contains("without a password", FaultOf(Files), StringComparison.Ordinal);
    }

    [Fact]
    public void Issuers_stand_behind_the_certificate_and_make_a_difference()
    {
        PemPair alone = Read();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 issuer = BoxCertificate.Sign(
            key, "issuer", Array.Empty<IPAddress>(), new byte[16]);
        File.AppendAllText(Files.Certificate, issuer.ExportCertificatePem());

        PemPair chain = Read();

        Assert.Equal("CN=issuer", Assert.Single(chain.Issuers).Subject);
        Assert.Equal("CN=lb", chain.Certificate.Subject);
        Assert.True(chain.Certificate.HasPrivateKey);
        Assert.False(chain.IsSameAs(alone));
        Assert.True(chain.IsSameAs(Read()));
    }

    [Fact]
    public void Another_certificate_by_the_same_name_and_number_is_another()
    {
        PemPair before = Read();
        BoxCertificate.Make(_folder.FullName, "lb", [], renews: true, new byte[16]).Dispose();

        Assert.False(Read().IsSameAs(before));
    }

    private PemPair Read()
    {
        Assert.True(PemPair.TryRead(Files, out PemPair? pair, out _));
        return pair;
    }

    private static string FaultOf(CertificateConfig files)
    {
        Assert.False(PemPair.TryRead(files, out _, out string? fault));
        return fault;
    }
}

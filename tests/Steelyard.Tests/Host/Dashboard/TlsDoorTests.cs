using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Steelyard.Core.Configuration;
using Steelyard.Host.Appliance;
using Steelyard.Host.Dashboard;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Host.Dashboard;

public sealed class TlsDoorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly TlsDoor _door;

    public TlsDoorTests() => _door = new(Files);

    private CertificateConfig Files => BoxCertificate.FilesIn(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_a_certificate_it_stays_shut_and_says_why()
    {
        (string? fingerprint, string? fault) = _door.Take();

        Assert.Null(fingerprint);
        Assert.Contains(Files.Certificate, fault, StringComparison.Ordinal);
        Assert.False(_door.IsOpen);
    }

    [Fact]
    public void A_certificate_opens_it_once()
    {
        string made = Make();

        Assert.Equal((made, null), _door.Take());
        Assert.True(_door.IsOpen);
        Assert.Equal((null, null), _door.Take());
    }

    /// <summary>RFC 8996: TLS 1.0 and 1.1 are not to be used.</summary>
    [Fact]
    public void No_old_TLS_is_offered_and_no_other_HTTP()
    {
        Make();
        _door.Take();

        Assert.Equal(
            SslProtocols.Tls12 | SslProtocols.Tls13, _door.Offered!.EnabledSslProtocols);
        Assert.Equal([SslApplicationProtocol.Http11], _door.Offered.ApplicationProtocols!);
    }

    /// <summary>RFC 9325 §4.2: forward secrecy and authenticated encryption.</summary>
    [Fact]
    public void No_suite_of_CBC_and_none_without_forward_secrecy_is_offered()
    {
        Make();
        _door.Take();

        string[] suites =
        [
            .. _door.Offered!.CipherSuitesPolicy!.AllowedCipherSuites
                .Select(suite => suite.ToString()),
        ];

        Assert.Equal(9, suites.Length);
        Assert.All(suites, suite => Assert.Matches(
            "^TLS_(AES|CHACHA20|ECDHE_(ECDSA|RSA)_WITH)_.*(GCM_|POLY1305_)SHA", suite));
    }

    [Fact]
    public void Another_certificate_in_the_same_files_is_taken()
    {
        Make();
        _door.Take();

        string made = Make();

        Assert.Equal((made, null), _door.Take());
        Assert.Equal(made, Offered());
    }

    [Fact]
    public void When_its_files_break_it_keeps_what_it_has()
    {
        string made = Make();
        _door.Take();
        File.WriteAllText(Files.Key, "rubbish");

        (string? fingerprint, string? fault) = _door.Take();

        Assert.Null(fingerprint);
        Assert.Contains(Files.Key, fault, StringComparison.Ordinal);
        Assert.Equal(made, Offered());
    }

    [Fact]
    public void Its_names_are_those_of_the_certificate_it_serves_now()
    {
        Assert.Empty(_door.Names);

        Make();
        _door.Take();
        Assert.Equal(["lb", "lb.local"], _door.Names.ToArray());

        Make("lb.example.com");
        _door.Take();
        Assert.Equal(["lb.example.com"], _door.Names.ToArray());
    }

    /// <summary>BoxCertificate takes any name to sign; only a person's own is like this.</summary>
    [Fact]
    public void A_wildcard_is_the_name_of_no_box()
    {
        Make("*.example.com");
        _door.Take();

        Assert.True(_door.IsOpen);
        Assert.Empty(_door.Names);
    }

    private string Make(string name = "lb")
    {
        using X509Certificate2 made = BoxCertificate.Make(
            _folder.FullName, name, [], renews: true, new byte[16]);
        return PemPair.FingerprintOf(made);
    }

    private string Offered() => PemPair.FingerprintOf(
        _door.Offered!.ServerCertificateContext!.TargetCertificate);
}

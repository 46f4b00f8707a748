using System;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Steelyard.Core.Configuration;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class BrokerTrustTests
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset End = Begin.AddDays(30);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority = Authority("home CA");

    [Fact]
    public void A_private_authority_that_the_configuration_names_vouches_for_the_broker() =>
        Assert.True(Judge(
            new("broker.lan", 8883), SslPolicyErrors.RemoteCertificateChainErrors, _authority));

    [Fact]
    public void A_file_of_authorities_that_is_no_file_is_not_waited_for() => Assert.Equal(
        "ca_file /dev/zero is a device and no regular file",
        Assert.Throws<AuthenticationException>(
            () => BrokerTrust.ReadAuthorities("/dev/zero")).Message);

    [Fact]
    public void Another_authority_does_not()
    {
        using X509Certificate2 other = Authority("home CA");

        AuthenticationException no = Assert.Throws<AuthenticationException>(() => Judge(
            new("broker.lan", 8883) { AuthorityFile = "/ca.crt" }, SslPolicyErrors.None, other));

        Assert.Contains("/ca.crt does not vouch", no.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_for_another_host_is_refused_and_says_for_which()
    {
        AuthenticationException no = Assert.Throws<AuthenticationException>(() => Judge(
            new("other.lan", 8883), SslPolicyErrors.RemoteCertificateNameMismatch, _authority));

        Assert.Contains(
            "not for other.lan (but for broker.lan)", no.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whom_the_machine_does_not_believe_is_refused_with_what_to_do()
    {
        AuthenticationException no = Assert.Throws<AuthenticationException>(() => Judge(
            new("broker.lan", 8883), SslPolicyErrors.RemoteCertificateChainErrors, null));

        Assert.Contains("ca_file", no.Message, StringComparison.Ordinal);
        Assert.Contains("pin", no.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pin_of_the_certificate_or_of_its_key_is_enough_whoever_signed_it(bool ofKey)
    {
        using X509Certificate2 shown = Broker();
        string pin = Convert.ToHexString(SHA256.HashData(
            ofKey ? shown.PublicKey.ExportSubjectPublicKeyInfo() : shown.RawData));
        BrokerConfig pinned = new("broker.lan", 8883) { Pins = [new string('0', 64), pin] };

        Assert.True(new BrokerTrust(pinned).Judge(
            shown, null, SslPolicyErrors.RemoteCertificateChainErrors, null));
    }

    [Fact]
    public void Another_certificate_than_the_pinned_one_is_refused_though_all_believe_it()
    {
        BrokerConfig pinned = new("broker.lan", 8883) { Pins = [new string('0', 64)] };

        AuthenticationException no = Assert.Throws<AuthenticationException>(
            () => Judge(pinned, SslPolicyErrors.None, null));

        Assert.Contains("not the pinned one", no.Message, StringComparison.Ordinal);
    }

    private bool Judge(BrokerConfig broker, SslPolicyErrors errors, X509Certificate2? authority)
    {
        using X509Certificate2 shown = Broker();
        return new BrokerTrust(broker).Judge(
            shown, null, errors, authority is null ? null : [authority]);
    }

    private X509Certificate2 Broker()
    {
        CertificateRequest request = new("CN=broker", _key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("broker.lan");
        request.CertificateExtensions.Add(names.Build());
        return request.Create(_authority, Begin, End.AddDays(-1), [1, 2, 3, 4]);
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Begin, End);
    }
}

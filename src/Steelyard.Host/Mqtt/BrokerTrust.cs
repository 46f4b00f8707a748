using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using Steelyard.Core.Configuration;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Whether a broker over TLS is who it should be: by whom the machine believes, by a CA of one's
/// own, or by a pin. Nobody else is asked on the way: a broker at home is reached without the
/// Internet, so no list of revoked certificates is fetched.
/// </summary>
internal sealed class BrokerTrust(BrokerConfig broker)
{
    /// <summary>Throws when a file that the configuration names cannot be used.</summary>
    public void Apply(MqttClientTlsOptionsBuilder tls)
    {
        X509Certificate2Collection? authorities = broker.AuthorityFile is { } file
            ? ReadAuthorities(file)
            : null;
        tls.UseTls()
            .WithTargetHost(broker.Host)
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithCertificateValidationHandler(seen => Judge(
                seen.Certificate, seen.Chain, seen.SslPolicyErrors, authorities));
        if (broker.Certificate is { } own)
        {
            tls.WithClientCertificates(ReadOwn(own));
        }
    }

    /// <returns>True; it throws otherwise, so that the reason is known.</returns>
    internal bool Judge(
        X509Certificate? shown,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection? authorities)
    {
        if (shown is null)
        {
            throw new AuthenticationException("the broker shows no certificate");
        }

        using X509Certificate2 certificate = new(shown);
        if ((FaultOfPin(certificate) ?? FaultOfChain(certificate, chain, errors, authorities))
            is string fault)
        {
            throw new AuthenticationException(fault);
        }

        return true;
    }

    internal static X509Certificate2Collection ReadAuthorities(string file)
    {
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPem(Readable.Required(file));
        }
        catch (IOException failure)
        {
            throw new AuthenticationException($"ca_file {failure.Message}", failure);
        }
        catch (CryptographicException failure)
        {
            throw new AuthenticationException(
                $"ca_file {file} cannot be read: {failure.Message}", failure);
        }

        return authorities.Count > 0
            ? authorities
            : throw new AuthenticationException($"ca_file {file} holds no certificate in PEM");
    }

    private static IEnumerable<X509Certificate2> ReadOwn(CertificateConfig files) =>
        PemPair.TryRead(files, out PemPair? pair, out string? fault)
            ? pair.Issuers.Prepend(pair.Certificate)
            : throw new AuthenticationException($"client_certificate: {fault}");

    private string? FaultOfPin(X509Certificate2 certificate)
    {
        if (broker.Pins.IsEmpty)
        {
            return null;
        }

        string whole = Convert.ToHexString(SHA256.HashData(certificate.RawData));
        string key = Convert.ToHexString(
            SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        return broker.Pins.Contains(whole) || broker.Pins.Contains(key)
            ? null
            : $"the broker's certificate is not the pinned one: its SHA-256 is {whole}, "
                + $"that of its public key {key}";
    }

    private string? FaultOfChain(
        X509Certificate2 certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection? authorities)
    {
        if (authorities is null)
        {
            if (!broker.Pins.IsEmpty)
            {
                return null; // The pin says who it is.
            }

            return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
                ? $"nobody whom this machine believes vouches for the broker's certificate "
                    + $"({Explain(chain)}); name who does with ca_file, or the certificate with pin"
                : FaultOfName(certificate, errors);
        }

        using X509Chain own = new();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.DisableCertificateDownloads = true;
        if (chain is not null)
        {
            foreach (X509ChainElement element in chain.ChainElements)
            {
                own.ChainPolicy.ExtraStore.Add(element.Certificate);
            }
        }

        return own.Build(certificate)
            ? FaultOfName(certificate, errors)
            : $"ca_file {broker.AuthorityFile} does not vouch for the broker's certificate "
                + $"({Explain(own)})";
    }

    private string? FaultOfName(X509Certificate2 certificate, SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"the broker's certificate is not for {broker.Host} ({NamesOf(certificate)})"
            : null;

    private static string NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions
            .OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] all = names is null ? [] :
        [
            .. names.EnumerateDnsNames(),
            .. names.EnumerateIPAddresses().Select(address => address.ToString()),
        ];
        return all.Length > 0
            ? $"but for {string.Join(", ", all.Take(5))}"
            : $"it names no host, and its subject is {certificate.Subject}";
    }

    private static string Explain(X509Chain? chain)
    {
        string[] faults = chain is null ? [] :
            [.. chain.ChainStatus.Select(each => each.StatusInformation.Trim()).Distinct()];
        return faults.Length > 0 ? string.Join("; ", faults.Take(3)) : "its chain has no end";
    }
}

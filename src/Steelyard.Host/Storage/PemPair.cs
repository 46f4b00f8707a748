using System;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Storage;

/// <summary>A certificate with its private key, out of two PEM files. RFC 7468.</summary>
internal sealed class PemPair
{
    // A chain of certificates has some kilobytes.
    private const int MostLength = 256 * 1024;

    private PemPair(X509Certificate2 certificate, X509Certificate2Collection all)
    {
        Certificate = certificate;
        Issuers = [.. all.Skip(1)];
        Names =
        [
            .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(each => each.EnumerateDnsNames())
                .Where(name => !name.Contains('*')),
        ];
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>What stands behind it in its file: what a client needs to trust it.</summary>
    public X509Certificate2Collection Issuers { get; }

    /// <summary>The DNS names that it is for, whole ones: no wildcard. RFC 5280 §4.2.1.6.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>
    /// SHA-256 of a certificate, as browsers show it: 32 bytes in hexadecimal.
    /// </summary>
    public static string FingerprintOf(X509Certificate2 certificate) => string.Join(
        ':', SHA256.HashData(BytesOf(certificate)).Select(each => $"{each:X2}"));

    /// <summary>Reads both files.</summary>
    /// <param name="fault">What is wrong, and what to do: whole sentences.</param>
    public static bool TryRead(
        CertificateConfig files,
        [NotNullWhen(true)] out PemPair? pair,
        [NotNullWhen(false)] out string? fault)
    {
        pair = null;
        if (!TryRead(files.Certificate, out string? certificate, out fault)
            || !TryRead(files.Key, out string? key, out fault))
        {
            return false;
        }

        X509Certificate2Collection all = [];
        try
        {
            all.ImportFromPem(certificate);
        }
        catch (CryptographicException)
        {
            all.Clear();
        }

        if (all.Count == 0)
        {
            fault = $"{files.Certificate} holds no certificate in PEM; put one there.";
            return false;
        }

        try
        {
            pair = new(X509Certificate2.CreateFromPem(certificate, key), all);
            return true;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            fault = $"{files.Key} is not the key of {files.Certificate} in PEM and without a "
                + "password; put the right one there.";
            return false;
        }
    }

    public bool IsSameAs(PemPair other) =>
        BytesOf(Certificate).SequenceEqual(BytesOf(other.Certificate))
        && Issuers.Count == other.Issuers.Count
        && Issuers.Zip(other.Issuers).All(
            two => BytesOf(two.First).SequenceEqual(BytesOf(two.Second)));

    private static ReadOnlySpan<byte> BytesOf(X509Certificate2 certificate) =>
        certificate.RawDataMemory.Span;

    private static bool TryRead(
        string path,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? fault)
    {
        bool isRead = new ConfigFiles().TryRead(path, MostLength, out text, out string? reason);
        fault = isRead ? null : $"{path} cannot be read: {reason}; `steelyard certificate` makes "
            + "a certificate and its key, `tls` in the configuration names others.";
        return isRead;
    }
}

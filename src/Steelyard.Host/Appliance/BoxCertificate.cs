using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Steelyard.Core.Configuration;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>The certificate that a box makes for itself. RFC 5280, RFC 9525.</summary>
internal static class BoxCertificate
{
    /// <summary>
    /// Octets of a serial number. RFC 5280 §4.1.2.2: 20 at most; 64 bits of chance are usual.
    /// </summary>
    public const int SerialLength = 16;

    // Subject's common name: ub-common-name. RFC 5280 appendix A.1. A label: RFC 1035 §2.3.4.
    private const int NameMost = 64;
    private const int LabelMost = 63;

    // id-kp-serverAuth. RFC 5280 §4.2.1.12.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private const UnixFileMode ForAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.OtherRead;

    // The group is that of the folder, where the folder has the setgid bit.
    private const UnixFileMode ForGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private const UnixFileMode OfFolder = ForGroup
        | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    // A box has no clock of its own: at its first start it may be any time since its image was
    // made. Apple's browsers take 825 days at most from a certificate of after July 2019.
    private static readonly DateTimeOffset ValidFrom = new(2019, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // "No well-defined expiration date", RFC 5280 §4.1.2.5: nobody is there to renew it.
    private static readonly DateTimeOffset ValidTo = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Where it is in a folder.</summary>
    public static CertificateConfig FilesIn(string folder) =>
        new(Path.Combine(folder, "box.crt"), Path.Combine(folder, "box.key"));

    /// <summary>Whether a box may be called so: labels of letters, digits, '-' and '_'.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameMost
        && !IPAddress.TryParse(name, out _)
        && name.Split('.').All(label =>
            label.Length is > 0 and <= LabelMost
            && label[0] != '-'
            && label[^1] != '-'
            && label.All(at => char.IsAsciiLetterOrDigit(at) || at is '-' or '_'));

    /// <summary>What a browser may call the box: also as mDNS announces it. RFC 6762 §3.</summary>
    public static IReadOnlyList<string> NamesOf(string name) =>
        name.Contains('.') ? [name] : [name, name + ".local"];

    /// <summary>A certificate for a key, signed by that key itself.</summary>
    /// <param name="serial">Random octets, the most significant first.</param>
    public static X509Certificate2 Sign(
        ECDsa key, string name, IEnumerable<IPAddress> addresses, ReadOnlySpan<byte> serial)
    {
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(name);
        CertificateRequest request = new(subject.Build(), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string each in NamesOf(name))
        {
            names.AddDnsName(each);
        }

        foreach (IPAddress each in addresses)
        {
            names.AddIpAddress(each);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            ValidFrom,
            ValidTo,
            Positive(serial));
    }

    /// <summary>
    /// Makes a key and its certificate in a folder, which is made when it is missing. The
    /// certificate goes first and comes last: a key without one, as a power cut leaves it, gets it
    /// now.
    /// </summary>
    /// <param name="renews">Whether a key that is there gives way to another.</param>
    /// <returns>The certificate, without its key.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be written.</exception>
    /// <exception cref="CryptographicException">The key that is there is none.</exception>
    public static X509Certificate2 Make(
        string folder,
        string name,
        IEnumerable<IPAddress> addresses,
        bool renews,
        ReadOnlySpan<byte> serial)
    {
        CertificateConfig files = FilesIn(folder);
        _ = Directory.CreateDirectory(folder, OfFolder);
        using ECDsa key = ECDsa.Create();
        if (File.Exists(files.Key) && !renews)
        {
            key.ImportFromPem(Readable.Required(files.Key));
        }
        else
        {
            File.Delete(files.Certificate);
            key.GenerateKey(ECCurve.NamedCurves.nistP256);
            Write(files.Key, key.ExportPkcs8PrivateKeyPem(), ForGroup);
        }

        X509Certificate2 certificate = Sign(key, name, addresses, serial);
        Write(files.Certificate, certificate.ExportCertificatePem(), ForAll);
        return certificate;
    }

    private static void Write(string path, string pem, UnixFileMode rights) =>
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(pem + "\n"), rights);

    /// <summary>Positive and of its full length: no leading zero, no sign.</summary>
    private static byte[] Positive(ReadOnlySpan<byte> serial)
    {
        byte[] positive = serial.ToArray();
        positive[0] = (byte)((positive[0] & 0x7F) | 0x40);
        return positive;
    }
}

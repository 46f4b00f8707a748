using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Steelyard.Core.Configuration;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// How the page is served over TLS. The certificate can be changed while it is served: who is
/// connected stays so, and who comes sees the new one.
/// </summary>
internal sealed class TlsDoor(CertificateConfig files)
{
    /// <summary>
    /// TLS 1.3's, and those of TLS 1.2 that are authenticated encryption with a key of each
    /// connection: no CBC, no RSA key exchange. RFC 9325 §4.2, RFC 7905.
    /// </summary>
    private static readonly CipherSuitesPolicy Suites = new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    private readonly Lock _taking = new();
    private volatile PemPair? _pair;
    private volatile SslServerAuthenticationOptions? _offered;

    public CertificateConfig Files => files;

    /// <summary>What a client is offered that connects now.</summary>
    public SslServerAuthenticationOptions? Offered => _offered;

    /// <summary>Whether there is a certificate to serve with.</summary>
    public bool IsOpen => _offered is not null;

    /// <summary>What the box is called by the certificate.</summary>
    public ImmutableArray<string> Names => _pair?.Names ?? [];

    public TlsHandshakeCallbackOptions Handshake => new()
    {
        HandshakeTimeout = TimeSpan.FromSeconds(5),
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(_offered!),
    };

    /// <summary>
    /// Reads the files again; when they are not right, what was taken before goes on to be used.
    /// </summary>
    /// <returns>What was taken, what is wrong, or neither when nothing changed.</returns>
    public (string? Fingerprint, string? Fault) Take()
    {
        lock (_taking)
        {
            if (!PemPair.TryRead(files, out PemPair? pair, out string? fault))
            {
                return (null, fault);
            }

            if (_pair?.IsSameAs(pair) == true)
            {
                return (null, null);
            }

            _pair = pair;
            _offered = Serve(pair);
            return (PemPair.FingerprintOf(pair.Certificate), null);
        }
    }

    private static SslServerAuthenticationOptions Serve(PemPair pair) => new()
    {
        // Nothing is fetched: what the file does not hold of the chain is not sent.
        ServerCertificateContext = SslStreamCertificateContext.Create(
            pair.Certificate, pair.Issuers, offline: true),
        CipherSuitesPolicy = Suites,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = new List<SslApplicationProtocol> { SslApplicationProtocol.Http11 },
    };
}

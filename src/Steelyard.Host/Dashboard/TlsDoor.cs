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
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = new List<SslApplicationProtocol> { SslApplicationProtocol.Http11 },
    };
}

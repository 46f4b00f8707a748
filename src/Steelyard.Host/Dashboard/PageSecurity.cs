using System;
using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// What a browser may do with the page, and which pages may listen to the broker.
/// </summary>
internal static class PageSecurity
{
    /// <summary>
    /// The page loads nothing from elsewhere and talks to its own box alone, and to the peer
    /// that its address names. Anybody can write such an address, so the peer may be named by an
    /// address, not by a stranger's name; see also peers.js.
    /// </summary>
    public static void Protect(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string peer = PeerOf(context.Request);
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + $"connect-src 'self'{peer}; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>
    /// Whether a browser asks for this box by a name that is its own. A stranger's name can be
    /// made to lead here, and the stranger's page would then pass for ours.
    /// </summary>
    /// <param name="box">The box's name, if it has one.</param>
    /// <param name="certified">The names in the certificate that it is asked by.</param>
    public static bool IsOwnName(
        HostString host, string? box, ImmutableArray<string> certified)
    {
        string name = Bare(host.Host);
        return name.Length == 0 // Not a browser.
            || IsAddressOrLocal(name)
            || IsCalled(name, box)
            || IsCalled(name, Environment.MachineName)
            || IsCalled(name, Dns.GetHostName())
            || certified.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// A browser says which page asks for a WebSocket. The box's own page may, and one from a
    /// private or loopback address, such as the twin's; a page from anywhere else may not look
    /// into this network through its visitor's browser. Nor may a file that somebody was sent,
    /// though it lies on this machine.
    /// </summary>
    public static bool MayListen(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
        {
            return true; // Not a browser.
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
            && page.Scheme is "http" or "https"
            && (IsNear(page) || string.Equals(
                page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsNear(Uri page)
    {
        if (page.IsLoopback)
        {
            return true;
        }

        if (!IPAddress.TryParse(page.DnsSafeHost, out IPAddress? host))
        {
            return false;
        }

        IpAddress address = IpAddress.From(host);
        return address.IsIpv4
            ? (address.Ipv4 >> 24) == 10
                || (address.Ipv4 >> 20) == 0xAC1
                || (address.Ipv4 >> 16) is 0xC0A8 or 0xA9FE
            : (address.High >> 57) == 0x7E || (address.High >> 54) == 0x3FA;
    }

    /// <summary>
    /// A page that came by HTTPS reaches its peer by TLS alone: to a browser anything else is
    /// mixed content.
    /// </summary>
    private static string PeerOf(HttpRequest page)
    {
        bool isPeer = Uri.TryCreate(page.Query["peer"], UriKind.Absolute, out Uri? broker)
            && broker.Scheme is "ws" or "wss"
            && (IsAddressOrLocal(Bare(broker.Host)) || string.Equals(
                broker.Host, page.Host.Host, StringComparison.OrdinalIgnoreCase));
        string scheme = page.IsHttps ? "wss" : broker?.Scheme ?? string.Empty;
        return isPeer ? $" {scheme}://{broker!.Authority}" : string.Empty;
    }

    private static bool IsAddressOrLocal(string name) =>
        IPAddress.TryParse(name, out _)
        || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>By its name, or as it is announced in the local network.</summary>
    private static bool IsCalled(string name, string? own) => !string.IsNullOrEmpty(own)
        && (string.Equals(name, own, StringComparison.OrdinalIgnoreCase)
            || string.Equals(name, own + ".local", StringComparison.OrdinalIgnoreCase));

    private static string Bare(string host) => host.TrimEnd('.').Trim('[', ']');
}

using System;
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
    /// The page loads nothing from elsewhere and talks to its own box alone, to the twin that the
    /// box knows, and to the peer that its address names. Anybody can write such an address, so
    /// the peer may be named by an address, not by a stranger's name; see also peers.js.
    /// </summary>
    /// <param name="twin">The twin's dashboard, as a URL; empty while none is known.</param>
    public static void Protect(HttpContext context, string twin = "")
    {
        IHeaderDictionary headers = context.Response.Headers;
        HttpRequest page = context.Request;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + $"connect-src 'self'{TwinOf(page, twin)}{PeerOf(page)}; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>
    /// A browser says which page asks for a WebSocket. The box's own page may, one from a private
    /// or loopback address, and a friend's; a page from anywhere else may not look into this
    /// network through its visitor's browser. Nor may a file that somebody was sent, though it lies
    /// on this machine.
    /// </summary>
    public static bool MayListen(HttpRequest request, PageNames names)
    {
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
        {
            return true; // Not a browser.
        }

        return Uri.TryCreate(origin, UriKind.Absolute, out Uri? page)
            && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
            && (IsNear(page) || names.IsFriend(page) || string.Equals(
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

    private static string TwinOf(HttpRequest page, string twin)
    {
        bool isTwin = Uri.TryCreate(twin, UriKind.Absolute, out Uri? its)
            && IPAddress.TryParse(PageNames.Bare(its.Host), out _)
            && (!page.IsHttps || its.Scheme == Uri.UriSchemeHttps);
        return isTwin
            ? Source(its!.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", its)
            : string.Empty;
    }

    /// <summary>
    /// A page that came by HTTPS reaches its peer by TLS alone: to a browser anything else is
    /// mixed content.
    /// </summary>
    private static string PeerOf(HttpRequest page)
    {
        bool isPeer = Uri.TryCreate(page.Query["peer"], UriKind.Absolute, out Uri? broker)
            && broker.Scheme is "ws" or "wss"
            && (PageNames.IsAddressOrLocal(PageNames.Bare(broker.Host)) || string.Equals(
                broker.Host, page.Host.Host, StringComparison.OrdinalIgnoreCase));
        return isPeer
            ? Source(page.IsHttps ? "wss" : broker!.Scheme, broker!)
            : string.Empty;
    }

    /// <summary>
    /// A place to connect to, as a policy writes it. Its grammar has no IPv6 address (CSP 3
    /// §2.3.1), so of one the port alone is held to.
    /// </summary>
    private static string Source(string scheme, Uri place) =>
        place.HostNameType == UriHostNameType.IPv6
            ? $" {scheme}://*:{place.Port}"
            : $" {scheme}://{place.Authority}";
}

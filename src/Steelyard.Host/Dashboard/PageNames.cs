using System;
using System.Collections.Immutable;
using System.Linq;
using System.Net;
using Microsoft.AspNetCore.Http;
using Steelyard.Core.Control;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// By which names the page is the box's own, and whose pages are friends. A stranger's name can be
/// made to lead here (DNS rebinding), and the stranger's page would then pass for ours; a name
/// below one of <see cref="LocalDomains"/> no stranger can have, since nobody sells them.
/// </summary>
internal sealed class PageNames
{
    // Multicast DNS (RFC 6762), home networks (RFC 8375), reserved for private use by ICANN
    // (.internal) or never delegated (.lan .home .localdomain), and what AVM's routers say; that
    // domain is AVM's own.
    private static readonly string[] LocalDomains =
        ["local", "home.arpa", "internal", "lan", "home", "localdomain", "fritz.box"];

    /// <summary>The box's name, if it has one.</summary>
    public string? Box { get; init; }

    /// <summary>The names in the certificate that it is asked by.</summary>
    public ImmutableArray<string> Certified { get; init; } = [];

    /// <summary>What the configuration allows beside: <c>allowed_hosts</c>.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>The twin, whose page may listen, too.</summary>
    public TwinStatus? Twin { get; init; }

    /// <summary>Whether a browser asks for this box by a name that is its own.</summary>
    public bool IsOwn(HostString host)
    {
        string name = Bare(host.Host);
        return name.Length == 0 // Not a browser.
            || IsAddressOrLocal(name)
            || IsCalled(name, Box)
            || IsCalled(name, Environment.MachineName)
            || IsCalled(name, Dns.GetHostName())
            || Certified.Contains(name, StringComparer.OrdinalIgnoreCase)
            || Allowed.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Whether this is the page of a name that the configuration allows, or of the twin.
    /// </summary>
    public bool IsFriend(Uri page)
    {
        string name = Bare(page.Host);
        return Allowed.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (Twin is { } twin
                && ((!twin.Name.Contains('.') && IsCalled(name, twin.Name))
                    || (Uri.TryCreate(twin.Dashboard, UriKind.Absolute, out Uri? its)
                        && its.Host == page.Host)));
    }

    public static bool IsAddressOrLocal(string name) =>
        IPAddress.TryParse(name, out _)
        || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase);

    public static string Bare(string host) => host.TrimEnd('.').Trim('[', ']');

    /// <summary>
    /// By its whole name, by the first part of it, or by that in a local domain.
    /// </summary>
    private static bool IsCalled(string name, string? own)
    {
        if (string.IsNullOrEmpty(own))
        {
            return false;
        }

        string first = own.Split('.')[0];
        return IsSame(name, own)
            || IsSame(name, own + ".local")
            || IsSame(name, first)
            || LocalDomains.Any(domain => IsSame(name, $"{first}.{domain}"));
    }

    private static bool IsSame(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}

using System;
using System.Text;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// The topics of one box: <c>steelyard/BOX/…</c>. Ids hold letters, digits, <c>_</c> and
/// <c>-</c> alone, as Home Assistant wants them and no wildcard can hide in them.
/// </summary>
internal sealed class Topics(string box)
{
    public const string Root = "steelyard";

    private readonly string _base = $"{Root}/{Id(box)}";

    /// <summary><c>online</c> or <c>offline</c>; the last will.</summary>
    public string Availability => $"{_base}/availability";

    public string State => $"{_base}/state";

    public string Rates => $"{_base}/rates";

    /// <summary>The last minutes of <see cref="Rates"/>, for newcomers.</summary>
    public string History => $"{_base}/history";

    /// <summary>Each event as it happens; not retained.</summary>
    public string Event => $"{_base}/event";

    /// <summary>The last events, for newcomers.</summary>
    public string Events => $"{_base}/events";

    /// <summary>Everything that this box says.</summary>
    public string All => $"{_base}/#";

    public string Router(string id) => $"{_base}/router/{id}/state";

    public string Port(string id) => $"{_base}/port/{id}/state";

    public string Service(string id) => $"{_base}/service/{id}/state";

    public string Server(string serviceId, string serverId) =>
        $"{_base}/service/{serviceId}/real/{serverId}/state";

    /// <summary>
    /// A name as an id: <c>tcp 192.168.100.1:80</c> is <c>tcp-192_168_100_1-80</c> and
    /// <c>[2001:db8::1]:80</c> is <c>2001_db8__1-80</c>.
    /// </summary>
    public static string Id(string name)
    {
        StringBuilder id = new(name.Length);
        for (int index = 0; index < name.Length; index++)
        {
            char letter = name[index];
            bool divides = letter == ' ' || (letter == ':' && IsBeforePort(name, index));
            if (char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            {
                id.Append(letter);
            }
            else if (divides)
            {
                id.Append('-');
            }
            else if (letter is not ('[' or ']'))
            {
                id.Append('_');
            }
        }

        return id.Length == 0 ? "_" : id.ToString();
    }

    // The colon of a port is the last one, and either the only one or behind a bracket.
    private static bool IsBeforePort(string name, int colon) =>
        name.LastIndexOf(':') == colon
        && (name.IndexOf(':', StringComparison.Ordinal) == colon || name[colon - 1] == ']');
}

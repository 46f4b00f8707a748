using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// The topics of one box: <c>steelyard/BOX/…</c>. Ids hold letters, digits, <c>_</c> and
/// <c>-</c> alone, as Home Assistant wants them and no wildcard can hide in them.
/// </summary>
internal sealed class Topics(string box)
{
    public const string Root = "steelyard";

    // 48 bits: of a thousand boxes no two share them.
    private const int HashDigits = 12;

    private readonly string _base = $"{Root}/{BoxId(box)}";

    /// <summary><c>online</c> or <c>offline</c>; the last will.</summary>
    public string Availability => $"{_base}/availability";

    /// <summary>By which the box is one client of a broker, and no other.</summary>
    public string ClientId => ClientIds.Of(box);

    public string State => $"{_base}/state";

    /// <summary>What the board says of itself; what it does not tell is left out.</summary>
    public string Hardware => $"{_base}/hardware";

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
    /// A box's name as an id that no other name has: two boxes of one id would fight over their
    /// session and their topics. A name of letters, digits, <c>_</c> and <c>-</c> is its own id;
    /// any other has a hash behind it, as <c>b_ro-0a1b2c3d4e5f</c> for büro.
    /// </summary>
    public static string BoxId(string box)
    {
        string id = Id(box);
        return id == box && !EndsAsHashed(box)
            ? id
            : $"{id}-{HashOf(box)}";
    }

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

    private static string HashOf(string name) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashDigits];

    private static bool EndsAsHashed(string name) => name.Length > HashDigits
        && name[^(HashDigits + 1)] == '-'
        && name[^HashDigits..].All(at => char.IsAsciiDigit(at) || at is >= 'a' and <= 'f');

    // The colon of a port is the last one, and either the only one or behind a bracket.
    private static bool IsBeforePort(string name, int colon) =>
        name.LastIndexOf(':') == colon
        && (name.IndexOf(':', StringComparison.Ordinal) == colon || name[colon - 1] == ']');
}

using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Addresses and numbers as the command line writes them.</summary>
internal static class AddressText
{
    /// <summary>
    /// Reads <c>host[:port]</c>, <c>[v6]:port</c> or a bare IPv6 address. Host and port may
    /// be names. Digits alone are taken for a port, not for an address, and so are not enough;
    /// brackets promise a port.
    /// </summary>
    /// <param name="port">Null when none is given.</param>
    public static bool TryParse(
        string text,
        TransportProtocol protocol,
        INames names,
        out IpAddress address,
        out ushort? port)
    {
        port = null;
        if (TryParseIpv6(text, out address))
        {
            return true;
        }

        string host;
        string? portText;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']');
            if (end < 0 || !TryParseIpv6(text[1..end], out address))
            {
                return false;
            }

            portText = text[(end + 1)..];
            if (portText.Length == 0 || portText[0] != ':')
            {
                return false;
            }

            portText = portText[1..];
        }
        else
        {
            int colon = text.LastIndexOf(':');
            host = colon < 0 ? text : text[..colon];
            portText = colon < 0 ? null : text[(colon + 1)..];
            bool isBareNumber =
                colon < 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
            if (host.Length == 0
                || isBareNumber
                || (!TryParseIpv4(host, out address)
                    && !names.TryFindAddress(host, out address)))
            {
                return false;
            }
        }

        if (portText is null)
        {
            return true;
        }

        bool known = TryParseNumber(portText, 0, ushort.MaxValue, out long number);
        ushort named = 0;
        if (!known && !names.TryFindPort(portText, protocol, out named))
        {
            return false;
        }

        port = known ? (ushort)number : named;
        return true;
    }

    /// <summary>A decimal number between bounds; a sign and leading blanks are allowed.</summary>
    public static bool TryParseNumber(string text, long minimum, long maximum, out long number) =>
        long.TryParse(
            text,
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out number)
        && number >= minimum
        && number <= maximum;

    /// <summary>
    /// inet_aton(3): one to four numbers, decimal, 0x hexadecimal or 0 octal; the last
    /// fills the rest.
    /// </summary>
    public static bool TryParseIpv4(string text, out IpAddress address)
    {
        address = default;
        string[] parts = text.Split('.');
        if (parts.Length > 4)
        {
            return false;
        }

        uint bits = 0;
        for (int index = 0; index < parts.Length; index++)
        {
            bool isLast = index == parts.Length - 1;
            int octetsLeft = 4 - index;
            ulong maximum = isLast ? (1UL << (8 * octetsLeft)) - 1 : byte.MaxValue;
            if (!TryParsePart(parts[index], out ulong part) || part > maximum)
            {
                return false;
            }

            bits |= isLast ? (uint)part : (uint)part << (8 * (octetsLeft - 1));
        }

        address = IpAddress.FromIpv4(bits);
        return true;
    }

    private static bool TryParseIpv6(string text, out IpAddress address)
    {
        address = default;
        if (!text.Contains(':')
            || text.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF:.")
            || !IPAddress.TryParse(text, out IPAddress? parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = IpAddress.From(parsed);
        return true;
    }

    private static bool TryParsePart(string text, out ulong part)
    {
        part = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.TryParse(
                text.AsSpan(2),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out part);
        }

        if (text.Length is 0 or > 20 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        uint numberBase = text.Length > 1 && text[0] == '0' ? 8u : 10u;
        foreach (char digit in text)
        {
            uint value = (uint)(digit - '0');
            if (value >= numberBase || part > uint.MaxValue)
            {
                return false;
            }

            part = (part * numberBase) + value;
        }

        return true;
    }
}

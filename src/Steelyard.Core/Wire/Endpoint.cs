using System;
using System.Globalization;

namespace Steelyard.Core.Wire;

/// <summary>An address and a port.</summary>
public readonly record struct Endpoint(IpAddress Address, ushort Port)
{
    /// <summary>Parses <c>10.0.0.1:80</c> or <c>[2001:db8::1]:80</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Endpoint endpoint)
    {
        endpoint = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0)
        {
            return false;
        }

        ReadOnlySpan<char> host = text[..colon];
        bool bracketed = host[0] == '[' && host[^1] == ']';
        if (bracketed)
        {
            host = host[1..^1];
        }

        if (!IpAddress.TryParse(host, out IpAddress address)
            || bracketed == address.IsIpv4
            || !ushort.TryParse(
                text[(colon + 1)..],
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out ushort port))
        {
            return false;
        }

        endpoint = new(address, port);
        return true;
    }

    public override string ToString() =>
        Address.IsIpv4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}

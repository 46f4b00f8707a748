using System.Collections.Generic;
using System.Globalization;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Ipvsadm;

/// <summary>
/// Addresses with ports as listings show them: as numbers, or as names where there are any.
/// </summary>
internal sealed class AddressNames
{
    private readonly INames? _names;
    private readonly Dictionary<IpAddress, string?> _known = [];

    private AddressNames(INames? names)
    {
        _names = names;
    }

    public static AddressNames Numeric { get; } = new(null);

    public static AddressNames From(INames names) => new(names);

    public string Text(in Endpoint endpoint, TransportProtocol protocol)
    {
        if (_names is null)
        {
            return endpoint.ToString();
        }

        if (!_known.TryGetValue(endpoint.Address, out string? host))
        {
            host = _names.NameOf(endpoint.Address);
            _known.Add(endpoint.Address, host);
        }

        host ??= endpoint.Address.ToString();
        string port = _names.NameOf(endpoint.Port, protocol)
            ?? endpoint.Port.ToString(CultureInfo.InvariantCulture);
        return endpoint.Address.IsIpv4 ? $"{host}:{port}" : $"[{host}]:{port}";
    }
}

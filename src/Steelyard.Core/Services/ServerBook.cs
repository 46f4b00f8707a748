using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// Which hosts are servers of some service: their packets are told from those of strangers.
/// </summary>
internal sealed class ServerBook
{
    private readonly Dictionary<IpAddress, int> _hosts = [];
    private readonly Dictionary<Endpoint, int> _servers = [];

    /// <summary>A server of whichever service has this address.</summary>
    public bool IsServer(IpAddress address) => _hosts.ContainsKey(address);

    /// <summary>A server of whichever service listens there.</summary>
    public bool Listens(in Endpoint endpoint) => _servers.ContainsKey(endpoint);

    public void Add(RealServer server)
    {
        Count(_hosts, server.Endpoint.Address, 1);
        Count(_servers, server.Endpoint, 1);
    }

    public void Remove(RealServer server)
    {
        Count(_hosts, server.Endpoint.Address, -1);
        Count(_servers, server.Endpoint, -1);
    }

    private static void Count<T>(Dictionary<T, int> counts, T key, int change)
        where T : notnull
    {
        int count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            _ = counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}

using System.Collections.Generic;

namespace Steelyard.Core.Services;

/// <summary>
/// Removed servers that still have connections. Who adds the same server again, to the same
/// service, gets the old one back.
/// </summary>
internal sealed class ServerTrash
{
    private readonly List<RealServer> _servers = [];

    public int Count => _servers.Count;

    public void Keep(RealServer server)
    {
        _servers.RemoveAll(static kept => !kept.HasConnections);
        if (server.HasConnections)
        {
            _servers.Add(server);
        }
    }

    /// <summary>
    /// Takes out the old server of the newcomer's endpoint, if it has connections.
    /// </summary>
    public RealServer? Revive(in ServiceKey key, RealServer newcomer)
    {
        for (int index = 0; index < _servers.Count; index++)
        {
            RealServer kept = _servers[index];
            if (kept.Endpoint == newcomer.Endpoint
                && kept.Service?.Key == key
                && kept.HasConnections)
            {
                _servers.RemoveAt(index);
                return kept;
            }
        }

        return null;
    }
}

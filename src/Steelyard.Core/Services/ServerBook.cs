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
    private readonly Dictionary<(TransportProtocol, Endpoint), List<RealServer>> _onePacket = [];
    private readonly Dictionary<RealServer, (TransportProtocol, Endpoint)> _places = [];

    /// <summary>A server of whichever service has this address.</summary>
    public bool IsServer(IpAddress address) => _hosts.ContainsKey(address);

    /// <summary>A server of whichever service listens there.</summary>
    public bool Listens(in Endpoint endpoint) => _servers.ContainsKey(endpoint);

    /// <summary>
    /// The one-packet server by address translation, or process of the box, that sends from there;
    /// of several services' the one noted last. Null when there is none.
    /// </summary>
    public RealServer? FindOnePacket(TransportProtocol protocol, in Endpoint endpoint) =>
        _onePacket.Count > 0
        && _onePacket.TryGetValue((protocol, endpoint), out List<RealServer>? servers)
            ? servers[^1]
            : null;

    public void Add(RealServer server)
    {
        Note(server);
        Count(_hosts, server.Endpoint.Address, 1);
        Count(_servers, server.Endpoint, 1);
    }

    /// <summary>What is known of a server's service may have changed.</summary>
    public void Note(RealServer server)
    {
        ServiceKey key = server.Service!.Key;
        bool answersAlone = key is { Mark: 0, Port: not 0 }
            && server.Service.Settings.IsOnePacket
            && (server.Method is ForwardingMethod.Nat or ForwardingMethod.Local);
        Forget(server);
        if (answersAlone)
        {
            (TransportProtocol, Endpoint) place = (key.Protocol, SendsFrom(server));
            _ = _onePacket.TryAdd(place, []);
            _onePacket[place].Add(server);
            _places[server] = place;
        }
    }

    public void Remove(RealServer server)
    {
        Forget(server);
        Count(_hosts, server.Endpoint.Address, -1);
        Count(_servers, server.Endpoint, -1);
    }

    private static Endpoint SendsFrom(RealServer server)
    {
        IpAddress local = server.Method == ForwardingMethod.Local
            ? server.Settings.LocalAddress
            : default;
        return local.IsNone ? server.Endpoint : server.Endpoint with { Address = local };
    }

    private void Forget(RealServer server)
    {
        if (_places.Remove(server, out (TransportProtocol, Endpoint) place)
            && _onePacket[place].Remove(server)
            && _onePacket[place].Count == 0)
        {
            _ = _onePacket.Remove(place);
        }
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

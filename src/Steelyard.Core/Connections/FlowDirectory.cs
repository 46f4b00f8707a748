using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// From the ends of a packet to its connection. Each connection stands there as its client sees
/// it; one by NAT also as its server does.
/// </summary>
internal sealed class FlowDirectory(Connection[] connections, ServerRoster servers, ulong seed)
{
    private const int Nothing = -1;

    // A link is a handle, and a last bit that is set for the server's side.
    private readonly FlowIndex _index = new(connections.Length * 2);
    private readonly SeededHash _hash = new(seed);

    public int Find(
        uint hash,
        TransportProtocol protocol,
        in Endpoint source,
        in Endpoint destination,
        out FlowDirection direction)
    {
        uint at = _index.Start(hash);
        while (_index.TryNext(hash, ref at, out uint link))
        {
            int handle = (int)(link >> 1);
            ref readonly Connection connection = ref connections[handle];
            if ((link & 1) == 0)
            {
                if (connection.VirtualAddress == destination.Address
                    && connection.ClientAddress == source.Address
                    && connection.ClientPort == source.Port
                    && connection.VirtualPort == destination.Port
                    && connection.Protocol == protocol)
                {
                    direction = FlowDirection.FromClient;
                    return handle;
                }
            }
            else if (connection.ClientAddress == destination.Address
                && connection.ClientPort == destination.Port
                && connection.Protocol == protocol
                && servers.EndpointOf(connection) == source)
            {
                direction = FlowDirection.FromServer;
                return handle;
            }
        }

        direction = FlowDirection.Unknown;
        return Nothing;
    }

    public uint HashOf(
        TransportProtocol protocol, in Endpoint source, in Endpoint destination) => _hash.Of(
            source.Address.High,
            source.Address.Low,
            destination.Address.High,
            destination.Address.Low,
            ((ulong)protocol << 32) | ((ulong)source.Port << 16) | destination.Port);

    public uint Touch(ReadOnlySpan<uint> hashes)
    {
        // Neither loop branches on what it waits for.
        uint touched = 0;
        foreach (uint hash in hashes)
        {
            touched ^= _index.Touch(hash);
        }

        foreach (uint hash in hashes)
        {
            uint at = _index.Start(hash);
            if (_index.TryNext(hash, ref at, out uint link))
            {
                // An array does not start on a cache line, so a connection lies in two of them.
                ref readonly Connection connection = ref connections[(int)(link >> 1)];
                touched ^= unchecked((uint)connection.ClientAddress.Low) ^ connection.Packets;
            }
        }

        return touched;
    }

    public void Add(int handle)
    {
        ref readonly Connection connection = ref connections[handle];
        _index.Add(ClientHash(connection), (uint)handle << 1);
        if (StandsForServer(connection))
        {
            _index.Add(ServerHash(connection), ((uint)handle << 1) | 1);
        }
    }

    public void Remove(int handle)
    {
        ref readonly Connection connection = ref connections[handle];
        _index.Remove(ClientHash(connection), (uint)handle << 1);
        if (StandsForServer(connection))
        {
            _index.Remove(ServerHash(connection), ((uint)handle << 1) | 1);
        }
    }

    private static bool StandsForServer(in Connection connection) =>
        connection.Method == ForwardingMethod.Nat;

    private uint ClientHash(in Connection connection) =>
        HashOf(connection.Protocol, connection.Client, connection.Virtual);

    private uint ServerHash(in Connection connection) =>
        HashOf(connection.Protocol, servers.EndpointOf(connection), connection.Client);
}

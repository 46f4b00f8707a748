using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// From the ends of a packet to its connection. Each connection stands there as its client sees
/// it; one by NAT also as its server does. One of a lone datagram stands there for its server only.
/// </summary>
internal sealed class FlowDirectory(ConnectionStore store, ulong seed)
{
    private const int Nothing = -1;

    // A link is a handle, and a last bit that is set for the server's side.
    private readonly FlowIndex _index = new(store.Capacity * 2);
    private readonly SeededHash _hash = new(seed);

    /// <summary>The connection of a packet between these ends; -1 when there is none.</summary>
    public int Find(
        TransportProtocol protocol,
        in Endpoint source,
        in Endpoint destination,
        out FlowDirection direction) =>
        Find(HashOf(protocol, source, destination), protocol, source, destination, out direction);

    /// <summary>The same, with the hash that <see cref="HashOf"/> gave.</summary>
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
            ref readonly Connection connection = ref store[handle];
            if ((link & 1) == 0)
            {
                if (connection.VirtualAddress == destination.Address
                    && connection.ClientAddress == source.Address
                    && connection.ClientPort == source.Port
                    && connection.VirtualPort == destination.Port
                    && connection.TransportProtocol == protocol)
                {
                    direction = FlowDirection.FromClient;
                    return handle;
                }
            }
            else if (connection.TransportProtocol == protocol
                && IsServersSide(handle, connection, source, destination))
            {
                direction = FlowDirection.FromServer;
                return handle;
            }
        }

        direction = FlowDirection.Unknown;
        return Nothing;
    }

    /// <summary>
    /// The template of these ends and this Call-ID, or of none; -1 when there is none.
    /// </summary>
    public int FindTemplate(in FlowKey flow, ReadOnlySpan<byte> callId)
    {
        TransportProtocol protocol = Marked(flow.Protocol);
        uint hash = WithCallId(HashOf(protocol, flow.Client, flow.Virtual), callId);
        uint at = _index.Start(hash);
        while (_index.TryNext(hash, ref at, out uint link))
        {
            int handle = (int)(link >> 1);
            ref readonly Connection template = ref store[handle];
            if (template.TransportProtocol == protocol
                && template.Client == flow.Client
                && template.Virtual == flow.Virtual
                && store.CallId(handle).SequenceEqual(callId))
            {
                return handle;
            }
        }

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
                ref readonly Connection connection = ref store[(int)(link >> 1)];
                touched ^= unchecked((uint)connection.ClientAddress.Low) ^ connection.Packets;
            }
        }

        return touched;
    }

    public void Add(int handle)
    {
        if (!store[handle].IsOnePacket)
        {
            _index.Add(ClientHash(handle), (uint)handle << 1);
        }

        if (StandsForServer(handle))
        {
            _index.Add(ServerHash(handle), ((uint)handle << 1) | 1);
        }
    }

    public void Remove(int handle)
    {
        if (!store[handle].IsOnePacket)
        {
            _index.Remove(ClientHash(handle), (uint)handle << 1);
        }

        if (StandsForServer(handle))
        {
            _index.Remove(ServerHash(handle), ((uint)handle << 1) | 1);
        }
    }

    private bool IsServersSide(
        int handle, in Connection connection, in Endpoint source, in Endpoint destination)
    {
        if ((connection.Flags & ConnectionFlags.HasOwnEnds) != 0)
        {
            return store.PeerOfServer(handle) == destination
                && store.Reach(handle) == source;
        }

        return connection.ClientAddress == destination.Address
            && connection.ClientPort == destination.Port
            && store.Servers.EndpointOf(connection) == source;
    }

    private static TransportProtocol Marked(TransportProtocol protocol) =>
        (TransportProtocol)((byte)protocol | Connection.TemplateBit);

    private bool StandsForServer(int handle) => store[handle].SeesServer
        && !store[handle].IsTemplate
        && (!store[handle].IsOnePacket || store[handle].AwaitsAnswer);

    private uint WithCallId(uint hash, ReadOnlySpan<byte> callId) =>
        callId.IsEmpty ? hash : _hash.Of(callId, hash);

    private uint ClientHash(int handle)
    {
        uint hash = HashOf(
            store[handle].TransportProtocol, store[handle].Client, store[handle].Virtual);
        return store[handle].IsTemplate ? WithCallId(hash, store.CallId(handle)) : hash;
    }

    private uint ServerHash(int handle) => HashOf(
        store[handle].TransportProtocol,
        store.Reach(handle),
        store.PeerOfServer(handle));
}

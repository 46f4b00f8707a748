using System;
using Steelyard.Core.Invariants;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// All connections of the box. Everything is allocated at construction; a connection is a handle,
/// which another one gets after its end. One thread owns the table.
/// </summary>
public sealed class ConnectionTable
{
    private const int Nothing = -1;

    private readonly Connection[] _connections;
    private readonly ServerRoster _servers;
    private readonly FlowDirectory _directory;
    private readonly DeadlineWheel _wheel;
    private int _free = Nothing;

    /// <param name="capacity">Connections that fit; each takes about 100 bytes.</param>
    /// <param name="seed">
    /// Seed of the hash; a secret one keeps strangers from making collisions.
    /// </param>
    public ConnectionTable(int capacity, ulong seed = 0)
    {
        Invariant.Holds(capacity is > 0 and <= 1 << 28, "capacity is from 1 to 2^28");
        _connections = new Connection[capacity];
        _servers = new(capacity);
        _directory = new(_connections, _servers, seed);
        _wheel = new(_connections, Timeouts);
    }

    public int Capacity => _connections.Length;

    /// <summary>Connections in the table.</summary>
    public int Count { get; private set; }

    /// <summary>No handle has ever been as high: where an enumeration may end.</summary>
    public int HandleLimit { get; private set; }

    /// <summary>Connections made since the start; those learnt from the twin included.</summary>
    public long Created { get; private set; }

    /// <summary>Connections ended since the start, by time or by <see cref="Remove"/>.</summary>
    public long Ended { get; private set; }

    public Timeouts Timeouts { get; } = new();

    /// <summary>Follow TCP by the table that distrusts SYNs (<c>secure_tcp</c>).</summary>
    public bool DistrustsSyn { get; set; }

    /// <summary>
    /// Called within <see cref="Expire(Instant, ref int)"/> for a connection of which the twin
    /// should hear again.
    /// </summary>
    internal Action<int, Instant>? NewsDue { get; set; }

    /// <summary>The connection of a handle that was found or made since the last expiry.</summary>
    public ref readonly Connection this[int handle] => ref _connections[handle];

    /// <summary>The server of a connection; it may have been removed from its service.</summary>
    public RealServer Server(int handle) => _servers[_connections[handle].ServerSlot];

    /// <summary>The server's service; when that was removed, the last one that it served.</summary>
    public VirtualService Service(int handle) => Server(handle).Service!;

    /// <summary>
    /// Where the connection's packets go: the server, on its port or the client's.
    /// </summary>
    public Endpoint ServerEndpoint(int handle) => _servers.EndpointOf(_connections[handle]);

    /// <summary>
    /// Finds the connection of a packet: a client's packet to the virtual address, or, of a
    /// connection by NAT, a server's packet to the client. -1 when there is none.
    /// </summary>
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
        out FlowDirection direction) =>
        _directory.Find(hash, protocol, source, destination, out direction);

    /// <summary>The hash of a packet's flow, for <see cref="Touch"/> and Find.</summary>
    public uint HashOf(
        TransportProtocol protocol, in Endpoint source, in Endpoint destination) =>
        _directory.HashOf(protocol, source, destination);

    /// <summary>
    /// Reads ahead what searches for these hashes will read, so that the processor waits for all
    /// of it at once instead of for each packet anew.
    /// </summary>
    /// <returns>Nothing of meaning; whoever keeps it keeps the reads.</returns>
    public uint Touch(ReadOnlySpan<uint> hashes) => _directory.Touch(hashes);

    /// <summary>
    /// Makes a connection in state NONE, which ends in 3 s unless a packet gives it a state; the
    /// caller has made sure that there is none of these endpoints. Counts it on server and service.
    /// </summary>
    /// <returns>Its handle; -1 when the table is full.</returns>
    public int Create(VirtualService service, RealServer server, in FlowKey flow, Instant now)
    {
        int handle = Insert(flow, server, server.Method, now + Timeouts.Initial, now);
        if (handle >= 0)
        {
            server.Counters.Connections++;
            service.Counters.Connections++;
        }

        return handle;
    }

    /// <summary>A TCP segment of the connection: moves its state and its deadline.</summary>
    /// <returns>True when the state changed.</returns>
    public bool OnTcp(int handle, FlowDirection sender, TcpFlags flags, Instant now)
    {
        ref Connection connection = ref _connections[handle];
        CountPacket(ref connection, sender);
        ConnectionState next = TcpStates.Next(
            connection.State, sender, flags, connection.SeesReplies, DistrustsSyn);
        return Enter(handle, next, now + Timeouts[next], now);
    }

    /// <summary>A UDP datagram of the connection.</summary>
    /// <returns>True when it is the first.</returns>
    public bool OnUdp(int handle, FlowDirection sender, Instant now)
    {
        CountPacket(ref _connections[handle], sender);
        return Enter(handle, ConnectionState.Udp, now + Timeouts.Udp, now);
    }

    /// <summary>Ends a connection at once.</summary>
    public void Remove(int handle)
    {
        _wheel.Unfile(handle);
        Release(handle);
    }

    /// <summary>Ends connections whose time is up.</summary>
    /// <param name="now">The turn's time.</param>
    /// <param name="budget">How many connections and slots of time may be looked at.</param>
    /// <returns>How many ended.</returns>
    public int Expire(Instant now, int budget) => Expire(now, ref budget);

    /// <summary>The same, and says what is left of the budget.</summary>
    public int Expire(Instant now, ref int budget)
    {
        int ended = 0;
        for (int handle = _wheel.TakeDue(now, ref budget, out bool hasEnded);
            handle >= 0;
            handle = _wheel.TakeDue(now, ref budget, out hasEnded))
        {
            if (hasEnded)
            {
                Release(handle);
                ended++;
            }
            else
            {
                NewsDue?.Invoke(handle, now);
                _wheel.File(handle, now);
            }
        }

        return ended;
    }

    /// <summary>
    /// The twin's copy of a connection would end too soon, by what was told last.
    /// </summary>
    public bool IsNewsDue(int handle, Instant now) =>
        _wheel.IsNewsDue(_connections[handle], now);

    /// <summary>The twin has been told of the connection as it is now.</summary>
    public void OnTold(int handle)
    {
        ref Connection connection = ref _connections[handle];
        connection.TwinsDeadline = connection.Deadline;
    }

    /// <summary>
    /// The first connection from a handle on, before an end; the end when there is none. A walk in
    /// bounded shares goes from 0 to <see cref="HandleLimit"/>; what begins or ends meanwhile may
    /// be missed.
    /// </summary>
    public int Next(int from, int end)
    {
        while (from < end && !_connections[from].IsInUse)
        {
            from++;
        }

        return from;
    }

    public void FillRecord(int handle, Instant now, out ConnectionRecord record)
    {
        ref readonly Connection connection = ref _connections[handle];
        record = new(
            connection.Protocol,
            connection.Client,
            connection.Virtual,
            _servers.EndpointOf(connection),
            connection.Method,
            connection.State,
            connection.IsInactive,
            DeadlineWheel.Until(connection.Deadline, now));
    }

    /// <summary>
    /// Makes or updates a connection that the twin tells of. One of the same client on another
    /// server gives way, unless the news is that it had ended.
    /// </summary>
    /// <returns>Its handle; -1 when the table is full, or the news was old or is none.</returns>
    public int Learn(in ConnectionRecord record, RealServer server, Instant now)
    {
        bool isTcp = record.Protocol == TransportProtocol.Tcp;
        if (isTcp && record.State > ConnectionState.SynAck)
        {
            return Nothing;
        }

        ConnectionState state = isTcp ? record.State : ConnectionState.Udp;
        long ticks = long.Clamp(record.Timeout.Ticks, 0, Timeouts.Longest.Ticks);
        Instant deadline = now + TimeSpan.FromTicks(ticks);
        int handle = Find(record.Protocol, record.Client, record.Virtual, out _);
        if (handle >= 0 && Server(handle) != server)
        {
            if (record.IsInactive)
            {
                return Nothing;
            }

            Remove(handle);
            handle = Nothing;
        }

        if (handle < 0)
        {
            FlowKey flow = new(record.Protocol, record.Client, record.Virtual);
            handle = Insert(flow, server, record.Method, deadline, now);
        }

        if (handle >= 0)
        {
            Enter(handle, state, deadline, now);
            OnTold(handle);
        }

        return handle;
    }

    private static void CountPacket(ref Connection connection, FlowDirection sender)
    {
        if (sender == FlowDirection.FromServer)
        {
            connection.Flags &= ~ConnectionFlags.NoOutput;
        }
        else
        {
            connection.Packets = unchecked(connection.Packets + 1);
        }
    }

    private bool Enter(int handle, ConnectionState next, Instant deadline, Instant now)
    {
        ref Connection connection = ref _connections[handle];
        ConnectionState before = connection.State;
        uint tick = DeadlineWheel.TickOf(deadline);
        if (before != next && before == ConnectionState.None)
        {
            // Fresh from Create: filed for 3 s, and cheap to move while its slot is in the cache.
            Refile(handle, tick, now);
        }
        else if (DeadlineWheel.IsBefore(tick, connection.Deadline))
        {
            Refile(handle, tick, now);
        }
        else
        {
            connection.Deadline = tick;
        }

        if (before == next)
        {
            return false;
        }

        connection.CurrentState = next;
        bool isInactive = !TcpStates.IsActive(next);
        if (isInactive != connection.IsInactive)
        {
            connection.Flags ^= ConnectionFlags.Inactive;
            RealServer server = Server(handle);
            int change = isInactive ? -1 : 1;
            server.ActiveConnections += change;
            server.InactiveConnections -= change;
        }

        return true;
    }

    private void Refile(int handle, uint deadline, Instant now)
    {
        _wheel.Unfile(handle);
        _connections[handle].Deadline = deadline;
        _wheel.File(handle, now);
    }

    private int Insert(
        in FlowKey flow,
        RealServer server,
        ForwardingMethod method,
        Instant deadline,
        Instant now)
    {
        int handle = _free;
        if (handle == Nothing && HandleLimit == Capacity)
        {
            return Nothing;
        }

        if (!_servers.TryEnter(server))
        {
            return Nothing;
        }

        if (handle != Nothing)
        {
            _free = _connections[handle].NextInSlot;
        }
        else
        {
            handle = HandleLimit++;
        }

        bool repliesPass = method is ForwardingMethod.Nat or ForwardingMethod.FullNat;
        ConnectionFlags flags = ConnectionFlags.InUse | ConnectionFlags.Inactive;
        _connections[handle] = new()
        {
            ClientAddress = flow.Client.Address,
            ClientPort = flow.Client.Port,
            VirtualAddress = flow.Virtual.Address,
            VirtualPort = flow.Virtual.Port,
            ServerSlot = server.TableSlot,
            Deadline = DeadlineWheel.TickOf(deadline),
            TwinsDeadline = DeadlineWheel.TickOf(deadline),
            TransportProtocol = flow.Protocol,
            ForwardingMethod = method,
            Flags = repliesPass ? flags : flags | ConnectionFlags.NoOutput,
        };
        server.InactiveConnections++;
        server.OnConnectionAdded();
        _directory.Add(handle);
        _wheel.File(handle, now);
        Count++;
        Created++;
        return handle;
    }

    private void Release(int handle)
    {
        ref Connection connection = ref _connections[handle];
        _directory.Remove(handle);
        RealServer server = Server(handle);
        server.ActiveConnections -= connection.IsInactive ? 0 : 1;
        server.InactiveConnections -= connection.IsInactive ? 1 : 0;
        server.OnConnectionEnded();
        if (!server.HasConnections)
        {
            _servers.Leave(server);
        }

        connection.Flags = ConnectionFlags.None;
        connection.NextInSlot = _free;
        _free = handle;
        Count--;
        Ended++;
    }
}

using System;
using Steelyard.Core.Invariants;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// Where connections lie, and what leads to them: the roster of servers, the directory of flows,
/// the wheel of deadlines. Everything is allocated at construction.
/// </summary>
internal sealed class ConnectionStore
{
    private const int Nothing = -1;

    private readonly Connection[] _connections;
    private readonly ConnectionRest[] _rests;
    private readonly LocalAddresses _locals = new();
    private readonly SequenceShifts _shifts = new();
    private readonly FlowDirectory _directory;
    private int _free = Nothing;

    public ConnectionStore(int capacity, ulong seed, Timeouts timeouts)
    {
        Invariant.Holds(capacity is > 0 and <= 1 << 28, "capacity is from 1 to 2^28");
        _connections = new Connection[capacity];
        _rests = new ConnectionRest[capacity];
        Servers = new(capacity);
        Room = new(this, seed);
        _directory = new(this, seed);
        Wheel = new(this, timeouts);
    }

    public int Capacity => _connections.Length;

    public int Count { get; private set; }

    public int HandleLimit { get; private set; }

    public long Created { get; private set; }

    public long Ended { get; private set; }

    /// <summary>Connections whose client's port is still to be seen.</summary>
    public int Expected { get; private set; }

    public ServerRoster Servers { get; }

    public Room Room { get; }

    public CallIdSlab CallIds { get; } = new();

    public DeadlineWheel Wheel { get; }

    public FlowDirectory Directory => _directory;

    public ref Connection this[int handle] => ref _connections[handle];

    /// <summary>Only zeros, for a connection that has none.</summary>
    public ref readonly ConnectionRest Rest(int handle) => ref _rests[handle];

    /// <summary>For writing: the connection has one from now on.</summary>
    public ref ConnectionRest RestFor(int handle)
    {
        _connections[handle].Flags |= ConnectionFlags.HasRest;
        return ref _rests[handle];
    }

    /// <summary>Where packets for the server go, by its own name.</summary>
    public Endpoint ServerEndpoint(int handle)
    {
        ref readonly Connection connection = ref _connections[handle];
        Endpoint endpoint = Servers.EndpointOf(connection);
        if (connection.IsTemplate && connection.VirtualPort == 0)
        {
            // It leads to whichever port is asked for.
            return endpoint with { Port = 0 };
        }

        return (connection.Flags & ConnectionFlags.HasOwnEnds) == 0
            || _rests[handle].ServerPort == 0
                ? endpoint
                : endpoint with { Port = _rests[handle].ServerPort };
    }

    /// <summary>
    /// The same, by the address that is on the packets; a process of the box may have another.
    /// </summary>
    public Endpoint Reach(int handle)
    {
        ref readonly Connection connection = ref _connections[handle];
        if ((connection.Flags & ConnectionFlags.HasOwnEnds) == 0)
        {
            return Servers.EndpointOf(connection);
        }

        int reach = _rests[handle].ReachPlusOne - 1;
        Endpoint endpoint = ServerEndpoint(handle);
        return reach < 0 ? endpoint : endpoint with { Address = _locals[reach] };
    }

    /// <summary>Whom the server talks to: the client, or with full NAT the box.</summary>
    public Endpoint PeerOfServer(int handle)
    {
        ref readonly ConnectionRest rest = ref _rests[handle];
        return (_connections[handle].Flags & ConnectionFlags.HasOwnEnds) == 0
            || rest.LocalPlusOne == 0
                ? _connections[handle].Client
                : new(_locals[rest.LocalPlusOne - 1], rest.LocalPort);
    }

    /// <summary>
    /// Puts a connection in, in state NONE and counted on its server; -1 when there is no room.
    /// </summary>
    public int Insert(in NewConnection wanted, Instant deadline, Instant now)
    {
        int local = NumberOf(wanted.Local.Address);
        int reach = NumberOf(wanted.Reach);
        if (!Room.TryMake(wanted)
            || local < 0
            || reach < 0
            || !Servers.TryEnter(wanted.Server))
        {
            return Nothing;
        }

        int handle = TakeFree();
        _connections[handle] = new()
        {
            ClientAddress = wanted.Flow.Client.Address,
            ClientPort = wanted.Flow.Client.Port,
            VirtualAddress = wanted.Flow.Virtual.Address,
            VirtualPort = wanted.Flow.Virtual.Port,
            ServerSlot = wanted.Server.TableSlot,
            Deadline = DeadlineWheel.TickOf(deadline),
            TwinsDeadline = DeadlineWheel.TickOf(deadline),
            TransportProtocol = wanted.IsTemplate
                ? (TransportProtocol)((byte)wanted.Flow.Protocol | Connection.TemplateBit)
                : wanted.Flow.Protocol,
            ForwardingMethod = wanted.Method,
            Flags = FlagsOf(wanted),
        };
        if (wanted.HasRest)
        {
            RestFor(handle) = new()
            {
                Mark = wanted.Mark,
                ServerPort = wanted.ServerPort,
                LocalPlusOne = (ushort)local,
                ReachPlusOne = (ushort)reach,
                LocalPort = wanted.Local.Port,
                SlotPlusOne = (ushort)(wanted.CallIdSlot + 1),
            };
        }

        Expected += wanted.IsExpected ? 1 : 0;
        CountIn(wanted.Server, wanted.IsTemplate);
        Room.Enter(handle);
        _directory.Add(handle);
        Wheel.File(handle, now);
        Tie(handle, wanted.Controller);
        Count++;
        Created++;
        return handle;
    }

    /// <summary>Takes a connection out that the wheel does not hold.</summary>
    public void Release(int handle)
    {
        ref Connection connection = ref _connections[handle];
        Room.Leave(handle);
        _directory.Remove(handle);
        Expected -= (connection.Flags & ConnectionFlags.Expected) != 0 ? 1 : 0;
        if (connection.HasRest)
        {
            ClearRest(handle);
        }

        CountOut(connection);
        connection.Flags = ConnectionFlags.None;
        connection.NextInSlot = _free;
        _free = handle;
        Count--;
        Ended++;
    }

    /// <summary>Whether payloads of the connection were resized.</summary>
    public bool HasShifts(int handle) =>
        _rests[handle].SlotPlusOne != 0 && !_connections[handle].IsTemplate;

    /// <summary>The shifts of a connection that has some.</summary>
    public ref ShiftPair Shifts(int handle) => ref _shifts[_rests[handle].SlotPlusOne - 1];

    /// <summary>From now on its payloads may be resized; false when too many have shifts.</summary>
    public bool TryGiveShifts(int handle)
    {
        if (!HasShifts(handle))
        {
            RestFor(handle).SlotPlusOne = (ushort)(_shifts.Take() + 1);
        }

        return HasShifts(handle);
    }

    /// <summary>The Call-ID that a template is for; empty for none.</summary>
    public ReadOnlySpan<byte> CallId(int handle)
    {
        int slot = CallIdSlot(handle);
        return slot < 0 ? default : CallIds[slot];
    }

    /// <summary>The same, for other threads.</summary>
    public CallIdText CallIdText(int handle)
    {
        int slot = CallIdSlot(handle);
        return slot < 0 ? default : CallIds.TextOf(slot);
    }

    /// <summary>Gives a connection other ports: its old ones lead nowhere any more.</summary>
    public void Rename(int handle, ushort clientPort, ushort virtualPort)
    {
        _directory.Remove(handle);
        _connections[handle].ClientPort = clientPort;
        _connections[handle].VirtualPort = virtualPort;
        _directory.Add(handle);
    }

    /// <summary>The client of an expected connection has come, by this port.</summary>
    public void Meet(int handle, ushort clientPort)
    {
        Rename(handle, clientPort, _connections[handle].VirtualPort);
        Begin(handle);
    }

    /// <summary>An expected connection has begun.</summary>
    public void Begin(int handle)
    {
        _connections[handle].Flags &= ~ConnectionFlags.Expected;
        Expected--;
    }

    /// <summary>From now on one connection ends only after the other.</summary>
    public void Tie(int handle, int controller)
    {
        if (controller == Nothing)
        {
            return;
        }

        _connections[handle].Flags |= ConnectionFlags.Tied;
        _connections[controller].Flags |= ConnectionFlags.Tied;
        RestFor(handle).ControllerPlusOne = controller + 1;
        RestFor(controller).Controlled++;
    }

    /// <summary>What controls a connection; -1 for nothing.</summary>
    public int ControllerOf(int handle) =>
        _connections[handle].IsTied ? _rests[handle].ControllerPlusOne - 1 : Nothing;

    private static ConnectionFlags FlagsOf(in NewConnection wanted)
    {
        bool repliesPass = Connection.NamesServer(wanted.Method);
        ConnectionFlags flags = ConnectionFlags.InUse | ConnectionFlags.Inactive;
        flags |= repliesPass ? 0 : ConnectionFlags.NoOutput;
        flags |= wanted.IsOnePacket ? ConnectionFlags.OnePacket : 0;
        flags |= wanted.IsExpected ? ConnectionFlags.Expected : 0;
        bool hasOwnEnds = wanted.ServerPort != 0
            || !wanted.Local.Address.IsNone
            || !wanted.Reach.IsNone;
        return flags | (hasOwnEnds ? ConnectionFlags.HasOwnEnds : 0);
    }

    /// <summary>An address's number, plus one; 0 for none, below 0 when none is left.</summary>
    private int NumberOf(IpAddress address) =>
        address.IsNone ? 0 : _locals.IndexOf(address) + 1;

    private static void CountIn(RealServer server, bool isTemplate)
    {
        if (isTemplate)
        {
            server.PersistentConnections++;
        }
        else
        {
            server.InactiveConnections++;
        }

        server.OnConnectionAdded();
    }

    private int TakeFree()
    {
        int handle = _free;
        if (handle == Nothing)
        {
            return HandleLimit++;
        }

        _free = _connections[handle].NextInSlot;
        return handle;
    }

    private void CountOut(in Connection connection)
    {
        RealServer server = Servers[connection.ServerSlot];
        if (connection.IsTemplate)
        {
            server.PersistentConnections--;
        }
        else
        {
            server.ActiveConnections -= connection.IsInactive ? 0 : 1;
            server.InactiveConnections -= connection.IsInactive ? 1 : 0;
        }

        server.OnConnectionEnded();
        if (!server.HasConnections)
        {
            Servers.Leave(server);
        }
    }

    private int CallIdSlot(int handle) =>
        _connections[handle].IsTemplate ? _rests[handle].SlotPlusOne - 1 : Nothing;

    private void ClearRest(int handle)
    {
        ref ConnectionRest rest = ref _rests[handle];
        if (rest.ControllerPlusOne != 0)
        {
            _rests[rest.ControllerPlusOne - 1].Controlled--;
        }

        int slot = rest.SlotPlusOne - 1;
        if (slot >= 0 && _connections[handle].IsTemplate)
        {
            CallIds.Remove(slot);
        }
        else if (slot >= 0)
        {
            _shifts.Free(slot);
        }

        rest = default;
    }
}

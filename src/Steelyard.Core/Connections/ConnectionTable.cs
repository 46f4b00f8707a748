using System;
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

    // A connection that controls others when its time is up gets this much more.
    private static readonly TimeSpan ControllerTimeout = TimeSpan.FromSeconds(60);

    private readonly ConnectionStore _store;
    private readonly ConnectionProgress _progress;
    private readonly Learning _learning;

    /// <param name="capacity">Connections that fit; each takes about 150 bytes.</param>
    /// <param name="seed">
    /// Seed of the hash; a secret one keeps strangers from making collisions.
    /// </param>
    public ConnectionTable(int capacity, ulong seed = 0)
    {
        _store = new(capacity, seed, Timeouts);
        _progress = new(_store, Timeouts);
        Templates = new(_store);
        Expectations = new(_store, _progress, Timeouts);
        _learning = new(this, _store, _progress);
    }

    public int Capacity => _store.Capacity;

    /// <summary>Connections in the table.</summary>
    public int Count => _store.Count;

    /// <summary>No handle has ever been as high: where an enumeration may end.</summary>
    public int HandleLimit => _store.HandleLimit;

    /// <summary>Connections made since the start; those learnt from the twin included.</summary>
    public long Created => _store.Created;

    /// <summary>Connections ended since the start, by time or by <see cref="Remove"/>.</summary>
    public long Ended => _store.Ended;

    /// <summary>Of these, unproven ones that gave way to new ones in a short table.</summary>
    public GivenUp GivenUp => _store.Room.GivenUp;

    /// <summary>
    /// Less than an eighth is free: shares hold, and what nobody proved may give way.
    /// </summary>
    public bool IsShort => _store.Room.IsShort;

    /// <summary>So much room, or more, is no shortage.</summary>
    internal int Shortage => _store.Room.Shortage;

    /// <summary>Why no connection was made when one was wanted last.</summary>
    internal Refusal Refusal => _store.Room.Refusal;

    internal FairShares Shares => _store.Room.Shares;

    public Timeouts Timeouts { get; } = new();

    /// <summary>Follow TCP by the table that distrusts SYNs (<c>secure_tcp</c>).</summary>
    public bool DistrustsSyn
    {
        get => _progress.DistrustsSyn;
        set => _progress.DistrustsSyn = value;
    }

    internal Templates Templates { get; }

    internal Expectations Expectations { get; }

    /// <summary>
    /// Called within <see cref="Expire(Instant, ref int)"/> for a connection of which the twin
    /// should hear again.
    /// </summary>
    internal Action<int, Instant>? NewsDue { get; set; }

    /// <summary>The connection of a handle that was found or made since the last expiry.</summary>
    public ref readonly Connection this[int handle] => ref _store[handle];

    /// <summary>The server of a connection; it may have been removed from its service.</summary>
    public RealServer Server(int handle) => _store.Servers[_store[handle].ServerSlot];

    /// <summary>The server's service; when that was removed, the last one that it served.</summary>
    public VirtualService Service(int handle) => Server(handle).Service!;

    /// <summary>
    /// Where the connection's packets go: the server, on its port or the client's.
    /// </summary>
    public Endpoint ServerEndpoint(int handle) => _store.ServerEndpoint(handle);

    /// <summary>The same, by the address that is on the packets.</summary>
    public Endpoint Reach(int handle) => _store.Reach(handle);

    /// <summary>Whom the server sees as its client: with full NAT, the box.</summary>
    public Endpoint PeerOfServer(int handle) => _store.PeerOfServer(handle);

    /// <summary>The firewall mark by which the connection's service was found.</summary>
    public uint MarkOf(int handle) => _store[handle].HasRest ? _store.Rest(handle).Mark : 0;

    /// <summary>How long the connection has been quiet.</summary>
    public TimeSpan IdleTime(int handle, Instant now) =>
        Timeouts[_store[handle].CurrentState]
        - DeadlineWheel.Until(_store[handle].Deadline, now);

    /// <summary>The template that made a connection; -1 for none.</summary>
    internal int TemplateOf(int handle)
    {
        int controller = ControllerOf(handle);
        return controller >= 0 && _store[controller].IsTemplate ? controller : Nothing;
    }

    /// <summary>What <see cref="IsControlled"/> speaks of; -1 for none.</summary>
    internal int ControllerOf(int handle) =>
        _store[handle].HasRest ? _store.Rest(handle).ControllerPlusOne - 1 : Nothing;

    /// <summary>Another connection, or a template, keeps this one's server.</summary>
    public bool IsControlled(int handle) =>
        _store[handle].IsTied && _store.Rest(handle).ControllerPlusOne != 0;

    /// <summary>
    /// Finds the connection of a packet: a client's packet to the virtual address, or, of a
    /// connection by NAT, a server's packet to the client. -1 when there is none.
    /// </summary>
    public int Find(
        TransportProtocol protocol,
        in Endpoint source,
        in Endpoint destination,
        out FlowDirection direction) =>
        _store.Directory.Find(protocol, source, destination, out direction);

    /// <summary>The same, with the hash that <see cref="HashOf"/> gave.</summary>
    public int Find(
        uint hash,
        TransportProtocol protocol,
        in Endpoint source,
        in Endpoint destination,
        out FlowDirection direction) =>
        _store.Directory.Find(hash, protocol, source, destination, out direction);

    /// <summary>The hash of a packet's flow, for <see cref="Touch"/> and Find.</summary>
    public uint HashOf(
        TransportProtocol protocol, in Endpoint source, in Endpoint destination) =>
        _store.Directory.HashOf(protocol, source, destination);

    /// <summary>
    /// Reads ahead what searches for these hashes will read, so that the processor waits for all
    /// of it at once instead of for each packet anew.
    /// </summary>
    /// <returns>Nothing of meaning; whoever keeps it keeps the reads.</returns>
    public uint Touch(ReadOnlySpan<uint> hashes) => _store.Directory.Touch(hashes);

    /// <summary>
    /// Makes a connection in state NONE, which ends in 3 s unless a packet gives it a state; the
    /// caller has made sure that there is none of these endpoints. Counts it on server and service.
    /// </summary>
    /// <returns>Its handle; -1 when the table is full.</returns>
    public int Create(VirtualService service, RealServer server, in FlowKey flow, Instant now) =>
        Create(
            service,
            new NewConnection { Flow = flow, Server = server, Method = server.Method },
            now);

    /// <summary>A TCP segment of the connection: moves its state and its deadline.</summary>
    /// <returns>True when the state changed.</returns>
    public bool OnTcp(int handle, FlowDirection sender, TcpFlags flags, Instant now) =>
        _progress.OnTcp(handle, sender, flags, now);

    /// <summary>An SCTP packet of the association: the same.</summary>
    /// <param name="chunk">What decides; see <see cref="SctpPacket.DecisiveChunk"/>.</param>
    public bool OnSctp(int handle, FlowDirection sender, SctpChunkType chunk, Instant now) =>
        _progress.OnSctp(handle, sender, chunk, now);

    /// <summary>A UDP datagram of the connection.</summary>
    /// <returns>True when it is the first.</returns>
    public bool OnUdp(int handle, FlowDirection sender, Instant now) =>
        _progress.OnUdp(handle, sender, now);

    /// <summary>
    /// Ends a connection at once; one that controls others ends after them, and meanwhile a newer
    /// one of the same ends is found before it.
    /// </summary>
    public void Remove(int handle)
    {
        if (_store[handle].IsTied && _store.Rest(handle).Controlled > 0)
        {
            Prolong(handle, now: null);
            return;
        }

        _store.Wheel.Unfile(handle);
        _store.Release(handle);
    }

    /// <summary>
    /// The one datagram of a connection has passed, one way or the other. What leaves no trace ends
    /// at once; with full NAT it waits a little for the answer.
    /// </summary>
    internal void OnPassed(int handle, Instant now)
    {
        if (_store[handle].AwaitsAnswer)
        {
            uint tick = DeadlineWheel.TickOf(now + Timeouts.Answer);
            _store.Wheel.Move(handle, tick, now);
        }
        else
        {
            Remove(handle);
        }
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
        for (int handle = _store.Wheel.TakeDue(now, ref budget, out bool hasEnded);
            handle >= 0;
            handle = _store.Wheel.TakeDue(now, ref budget, out hasEnded))
        {
            if (!hasEnded)
            {
                NewsDue?.Invoke(handle, now);
                _store.Wheel.File(handle, now);
            }
            else if (_store[handle].IsTied && _store.Rest(handle).Controlled > 0)
            {
                Prolong(handle, now);
                _store.Wheel.File(handle, now);
            }
            else
            {
                _store.Release(handle);
                ended++;
            }
        }

        return ended;
    }

    /// <summary>
    /// The twin's copy of a connection would end too soon, by what was told last.
    /// </summary>
    public bool IsNewsDue(int handle, Instant now) => _store.Wheel.IsNewsDue(handle, now);

    /// <summary>The twin has been told of the connection as it is now.</summary>
    public void OnTold(int handle)
    {
        ref Connection connection = ref _store[handle];
        connection.TwinsDeadline = connection.Deadline;
    }

    /// <summary>
    /// The first connection from a handle on, before an end; the end when there is none. A walk in
    /// bounded shares goes from 0 to <see cref="HandleLimit"/>; what begins or ends meanwhile may
    /// be missed.
    /// </summary>
    public int Next(int from, int end)
    {
        while (from < end && !_store[from].IsInUse)
        {
            from++;
        }

        return from;
    }

    public void FillRecord(int handle, Instant now, out ConnectionRecord record)
    {
        ref readonly Connection connection = ref _store[handle];
        bool hasRest = connection.HasRest;
        bool isFullNat = connection.Method == ForwardingMethod.FullNat;
        int controller = ControllerOf(handle);
        bool isPromised = controller >= 0 && _store[controller].IsTemplate;
        record = new(
            connection.Protocol,
            connection.Client,
            connection.Virtual,
            _store.ServerEndpoint(handle),
            connection.Method,
            connection.State,
            connection.IsInactive,
            DeadlineWheel.Until(connection.Deadline, now))
        {
            IsTemplate = connection.IsTemplate,
            Mark = MarkOf(handle),
            CallId = _store.CallIdText(isPromised ? controller : handle),
            Local = isFullNat ? _store.PeerOfServer(handle) : default,
            Shifts = hasRest && _store.HasShifts(handle)
                ? _store.Shifts(handle).AsTold()
                : default,
            ControlPort =
                controller >= 0 && !isPromised ? _store[controller].ClientPort : (ushort)0,
        };
    }

    /// <summary>Makes or updates a connection that the twin tells of.</summary>
    /// <param name="template">The template that made it; -1 for none.</param>
    /// <param name="longestTemplate">
    /// What its service gives a template; without a service here, what LVS gives by default.
    /// </param>
    /// <returns>Its handle; -1 when the table is full, or the news was old or is none.</returns>
    public int Learn(
        in ConnectionRecord record,
        RealServer server,
        Instant now,
        int template = Nothing,
        TimeSpan? longestTemplate = null) => _learning.Learn(
            record,
            server,
            template,
            longestTemplate ?? PersistenceSettings.DefaultTimeout,
            now);

    /// <summary>Connections that this one controls; it does not end before them.</summary>
    internal int Controls(int handle) =>
        _store[handle].IsTied ? _store.Rest(handle).Controlled : 0;

    internal bool HasShifts(int handle) => _store.HasShifts(handle);

    internal ref ShiftPair Shifts(int handle) => ref _store.Shifts(handle);

    internal bool TryGiveShifts(int handle) => _store.TryGiveShifts(handle);

    /// <summary>Makes a connection of any kind.</summary>
    internal int Create(VirtualService? service, in NewConnection wanted, Instant now)
    {
        int handle = _store.Insert(wanted, now + Timeouts.Initial, now);
        if (handle >= 0 && service is not null)
        {
            wanted.Server.Counters.Connections++;
            service.Counters.Connections++;
        }

        return handle;
    }

    /// <summary>A connection that controls others stays for them, a while at a time.</summary>
    private void Prolong(int handle, Instant? now)
    {
        _store.RestFor(handle).FixedTimeout = DeadlineWheel.TicksOf(ControllerTimeout);
        if (now is Instant at)
        {
            _store[handle].Deadline = DeadlineWheel.TickOf(at + ControllerTimeout);
        }
    }
}

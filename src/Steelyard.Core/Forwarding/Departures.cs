using System;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>The way out: routes, stations, and frames that wait for a station.</summary>
internal sealed class Departures(Engine engine, EngineOptions options)
{
    private const int Nothing = -1;

    // Time between two askings of the control loop for one neighbour.
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    // A station in use is asked about again after this time: half of the control loop's
    // reachable time, so that the answer is there before it turns stale.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(15);

    private readonly NeighbourCache _neighbours =
        new(options.NeighbourCapacity, options.HashSeed);

    private readonly WaitingFrames _waiting = new(options.WaitingFrames);
    private readonly SentFrames _sent = new();
    private uint _identification = unchecked((uint)options.HashSeed);
    private RouteTable _routes = RouteTable.Empty;
    private Exit[] _exits = [];
    private LocalNode _local;
    private Exit _localExit;

    public void ReplaceRoutes(RouteTable routes)
    {
        _routes = routes;
        RenewExits();
    }

    /// <summary>The ports have changed: routes find theirs anew.</summary>
    public void RenewExits()
    {
        Exit[] exits = new Exit[_routes.Count];
        for (int index = 0; index < exits.Length; index++)
        {
            exits[index].Port = engine.FindPort(_routes[index].InterfaceIndex);
            exits[index].Gateway = _routes[index].Gateway ?? default;
        }

        _exits = exits;
        _localExit = new() { Port = engine.FindPort(_local.InterfaceIndex) };
        _neighbours.Invalidate();
    }

    /// <summary>The port behind which the box's own processes are.</summary>
    public void SetLocalNode(in LocalNode local)
    {
        _local = local;
        RenewExits();
    }

    /// <summary>Finds the next hop to the box's own processes.</summary>
    public DropReason TryRouteLocal(out int hop)
    {
        hop = Nothing;
        if (_localExit.Port is null)
        {
            return DropReason.NoPort;
        }

        if (_localExit.Generation != _neighbours.Generation)
        {
            _localExit.Neighbour = FindOrAdd(_localExit.Port, _local.Address);
            if (_localExit.Neighbour == Nothing)
            {
                return DropReason.NeighbourQueueFull;
            }

            // Nobody has to be asked: both ends of that link are the box's.
            ref CachedNeighbour neighbour = ref _neighbours[_localExit.Neighbour];
            neighbour.Station = _local.Station;
            neighbour.Knowledge = NeighbourKnowledge.Known;
            neighbour.AskAgain = Instant.Never;
            _localExit.Generation = _neighbours.Generation;
        }

        hop = _localExit.Neighbour;
        return DropReason.None;
    }

    /// <summary>What <see cref="TryRouteLocal"/> would find.</summary>
    public DropReason ExplainLocal(out NextHop hop, out MacAddress station)
    {
        hop = new(_local.InterfaceIndex, _local.Address);
        station = _local.Station;
        return _localExit.Port is null ? DropReason.NoPort : DropReason.None;
    }

    /// <summary>Finds the next hop on the way to a server.</summary>
    public DropReason TryRoute(RealServer server, out int hop)
    {
        if (server.NextHopGeneration == _neighbours.Generation)
        {
            hop = server.NextHop;
            return DropReason.None;
        }

        DropReason reason = TryRoute(server.Endpoint.Address, out hop);
        if (reason == DropReason.None)
        {
            server.NextHop = hop;
            server.NextHopGeneration = _neighbours.Generation;
        }

        return reason;
    }

    /// <summary>
    /// Packets for an address leave by this port: one from it may well have come in here.
    /// RFC 3704 §2.2.
    /// </summary>
    public bool LeadsTo(IpAddress address, EnginePort port)
    {
        int route = _routes.Find(address);
        return route != RouteTable.NoRoute && _exits[route].Port == port;
    }

    /// <summary>Finds the next hop on the way to a destination.</summary>
    public DropReason TryRoute(IpAddress destination, out int hop)
    {
        hop = Nothing;
        int route = _routes.Find(destination);
        if (route == RouteTable.NoRoute)
        {
            return DropReason.NoRoute;
        }

        ref Exit exit = ref _exits[route];
        if (exit.Port is null)
        {
            return DropReason.NoPort;
        }

        if (exit.Gateway.IsNone)
        {
            hop = FindOrAdd(exit.Port, destination);
        }
        else if (exit.Generation == _neighbours.Generation)
        {
            // Nearly every reply goes by the gateway, so its place is kept with the route.
            hop = exit.Neighbour;
        }
        else
        {
            hop = FindOrAdd(exit.Port, exit.Gateway);
            if (hop != Nothing)
            {
                exit.Neighbour = hop;
                exit.Generation = _neighbours.Generation;
            }
        }

        return hop != Nothing ? DropReason.None : DropReason.NeighbourQueueFull;
    }

    /// <summary>
    /// What <see cref="TryRoute(IpAddress, out int)"/> would find; nothing is kept.
    /// </summary>
    public DropReason Explain(
        IpAddress destination, out NextHop hop, out MacAddress station)
    {
        station = default;
        if (!_routes.TryFind(destination, out hop))
        {
            return DropReason.NoRoute;
        }

        EnginePort? port = engine.FindPort(hop.InterfaceIndex);
        if (port is null)
        {
            return DropReason.NoPort;
        }

        int handle = _neighbours.Find(port, hop.Address);
        station = handle != Nothing ? _neighbours[handle].Station : default;
        return DropReason.None;
    }

    /// <summary>The port by which a next hop is reached.</summary>
    public EnginePort PortOf(int hop) => _neighbours[hop].Port!;

    /// <summary>
    /// Sends a frame to the next hop, or keeps a copy until its station is known. The Ethernet
    /// header is written here.
    /// </summary>
    /// <param name="from">Counters of the port where the frame came in.</param>
    /// <param name="isMade">A fragment, rather than a frame that came in.</param>
    public DropReason Send(
        ForwardingCounters from,
        int hop,
        Span<byte> frame,
        in FrameOffload offload,
        bool isMade,
        Instant now)
    {
        ref CachedNeighbour neighbour = ref _neighbours[hop];
        EnginePort port = neighbour.Port!;
        if (now >= neighbour.AskAgain)
        {
            Ask(ref neighbour, now);
        }

        EtherType type = frame[EthernetFrame.HeaderLength] >> 4 == 4
            ? EtherType.Ipv4
            : EtherType.Ipv6;
        EthernetFrame.Write(frame, neighbour.Station, port.HardwareAddress, type);
        if (neighbour.Knowledge == NeighbourKnowledge.Known)
        {
            port.Port.Transmit(frame, offload);
            _ = isMade ? from.Made++ : from.Forwarded++;
            return DropReason.None;
        }

        return neighbour.Knowledge == NeighbourKnowledge.Failed
            ? DropReason.NeighbourFailed
            : Keep(ref neighbour, from, frame, offload, isMade);
    }

    /// <summary>For the next packet that is cut into IPv6 fragments.</summary>
    public uint NextIdentification()
    {
        _identification = unchecked(_identification + 1);
        return _identification;
    }

    /// <summary>
    /// Room for a frame that the engine makes; flushes the ports when it is used up.
    /// </summary>
    public Span<byte> Take(int length)
    {
        Span<byte> octets = _sent.Take(length);
        if (octets.IsEmpty)
        {
            engine.FlushPorts();
            octets = _sent.Take(length);
        }

        return octets;
    }

    /// <summary>All ports have been flushed: what they were given may be written again.</summary>
    public void OnFlushed()
    {
        _sent.GiveBackAll();
        _waiting.FreeSent();
    }

    public void OnLearned(EnginePort port, IpAddress address, MacAddress station, Instant now)
    {
        int handle = FindOrAdd(port, address);
        if (handle == Nothing)
        {
            return;
        }

        ref CachedNeighbour neighbour = ref _neighbours[handle];
        neighbour.Station = station;
        neighbour.Knowledge = NeighbourKnowledge.Known;
        neighbour.AskAgain = now + RefreshInterval;
        int slot = neighbour.FirstWaiting;
        while (slot != Nothing)
        {
            int next = _waiting.Next(slot);
            Span<byte> frame = _waiting.Frame(slot);
            station.Write(frame);
            port.Port.Transmit(frame, _waiting.Offload(slot));
            ForwardingCounters from = _waiting.From(slot);
            if (_waiting.IsMade(slot))
            {
                from.Made++;
            }
            else
            {
                from.Waiting--;
                from.Forwarded++;
            }

            _waiting.MarkSent(slot);
            slot = next;
        }

        EmptyQueue(ref neighbour);
    }

    public void OnFailed(EnginePort port, IpAddress address, Instant now)
    {
        int handle = _neighbours.Find(port, address);
        if (handle != Nothing)
        {
            ref CachedNeighbour neighbour = ref _neighbours[handle];
            neighbour.Knowledge = NeighbourKnowledge.Failed;
            neighbour.AskAgain = now + AskInterval;
            DropWaiting(ref neighbour, DropReason.NeighbourFailed);
        }
    }

    public void OnPortGone(EnginePort port)
    {
        for (int handle = 0; handle < _neighbours.HandleLimit; handle++)
        {
            if (_neighbours[handle].Port == port)
            {
                DropWaiting(ref _neighbours[handle], DropReason.NoPort);
            }
        }

        _neighbours.RemoveAll(port);
        RenewExits();
    }

    private static void EmptyQueue(ref CachedNeighbour neighbour)
    {
        neighbour.FirstWaiting = Nothing;
        neighbour.LastWaiting = Nothing;
        neighbour.WaitingCount = 0;
    }

    private int FindOrAdd(EnginePort port, IpAddress address)
    {
        int handle = _neighbours.Find(port, address);
        return handle != Nothing ? handle : _neighbours.Add(port, address);
    }

    private void Ask(ref CachedNeighbour neighbour, Instant now)
    {
        neighbour.AskAgain = now + AskInterval;
        if (neighbour.Knowledge != NeighbourKnowledge.Known)
        {
            neighbour.Knowledge = NeighbourKnowledge.Asked;
        }

        _ = engine.Events.TryPut(new(
            EngineEventKind.NeighbourWanted,
            neighbour.Port!.InterfaceIndex,
            neighbour.Address,
            default));
    }

    private DropReason Keep(
        ref CachedNeighbour neighbour,
        ForwardingCounters from,
        ReadOnlySpan<byte> frame,
        in FrameOffload offload,
        bool isMade)
    {
        int slot = neighbour.WaitingCount < options.WaitingFramesPerNeighbour
            ? _waiting.Add(frame, offload, from, isMade)
            : Nothing;
        if (slot == Nothing)
        {
            return DropReason.NeighbourQueueFull;
        }

        if (neighbour.LastWaiting == Nothing)
        {
            neighbour.FirstWaiting = slot;
        }
        else
        {
            _waiting.Link(neighbour.LastWaiting, slot);
        }

        neighbour.LastWaiting = slot;
        neighbour.WaitingCount++;
        from.Waiting += isMade ? 0 : 1;
        return DropReason.None;
    }

    private void DropWaiting(ref CachedNeighbour neighbour, DropReason reason)
    {
        int slot = neighbour.FirstWaiting;
        while (neighbour.WaitingCount > 0 && slot != Nothing)
        {
            int next = _waiting.Next(slot);
            ForwardingCounters from = _waiting.From(slot);
            if (_waiting.IsMade(slot))
            {
                from.MadeLost++;
            }
            else
            {
                from.Waiting--;
                from.Drop(reason);
            }

            _waiting.Discard(slot);
            slot = next;
        }

        EmptyQueue(ref neighbour);
    }
}

using System;
using System.Collections.Generic;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What the data thread does beside packets, in bounded shares: expiry, listings, and news of
/// connections.
/// </summary>
internal sealed class Upkeep
{
    // Connections end in steps of this order; no need to look more often.
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMilliseconds(100);

    // Listings at once: the twin's, and those of a few people.
    private const int MostSnapshots = 8;

    // Datagrams in fragments that are given up in one turn.
    private const int MostGivenUp = 8;

    private readonly Engine _engine;
    private readonly EngineOptions _options;
    private readonly Queue<SnapshotConnections> _snapshots = new(MostSnapshots);
    private int _snapshotNext;
    private int _orphanNext = int.MaxValue;

    public Upkeep(Engine engine, EngineOptions options)
    {
        _engine = engine;
        _options = options;
        engine.Connections.NewsDue = Announce;
    }

    /// <summary>Does a share of everything, and says when the next is due.</summary>
    public Instant Turn(Instant now)
    {
        ConnectionTable connections = _engine.Connections;
        int budget = _options.UpkeepPerTurn;
        connections.Expire(now, ref budget);
        _engine.Defence.Turn(now);
        _ = _engine.Reassembly.Expire(now, MostGivenUp);
        CountGivenUp(connections.GivenUp, _engine.Counters);
        _engine.Counters.ConnectionsExpired = connections.Ended;
        _engine.Counters.ConnectionsCreated = connections.Created;
        _engine.Counters.Connections = connections.Count;
        _engine.Counters.DatagramsTimedOut = _engine.Reassembly.TimedOut;
        _engine.Counters.DatagramsEvicted = _engine.Reassembly.Evicted;
        _engine.Counters.DatagramsOverlapping = _engine.Reassembly.Overlaps;
        _engine.Counters.EventsLost = _engine.Events.Refused;
        bool isBusy = budget == 0;
        isBusy |= TakeSnapshotShare(now);
        isBusy |= _orphanNext != int.MaxValue && EndShareOfOrphans();
        return isBusy ? now : now + ExpiryInterval;
    }

    /// <summary>
    /// Begins a listing when those before it are done; one too many ends at once, not whole.
    /// </summary>
    public void Begin(SnapshotConnections snapshot)
    {
        if (_snapshots.Count == MostSnapshots)
        {
            snapshot.Complete(isWhole: false);
            return;
        }

        _snapshots.Enqueue(snapshot);
    }

    /// <summary>
    /// Tells the control loop of a connection. One that goes untold is tried again with its next
    /// packet, since the twin's deadline for it stays too early.
    /// </summary>
    public void Announce(int handle, Instant now)
    {
        if (_engine.Connections[handle].IsOnePacket)
        {
            return;
        }

        ref readonly Connection connection = ref _engine.Connections[handle];
        bool hasBegun = connection.State
            is ConnectionState.Established or ConnectionState.SctpEstablished;
        if (connection.IsOnProbation
            && (_engine.Connections.IsShort || (!hasBegun && !_engine.HasRoomForUnprovenNews)))
        {
            return;
        }

        if (_engine.Events.TryReserve())
        {
            _engine.Connections.FillRecord(handle, now, out ConnectionRecord record);
            _engine.Events.Reserved = new(
                EngineEventKind.ConnectionChanged, 0, default, record);
            _engine.Events.Publish();
            _engine.Connections.OnTold(handle);
        }

        int template = connection.State
            is ConnectionState.Established or ConnectionState.SctpEstablished
            && !connection.IsTemplate
                ? _engine.Connections.TemplateOf(handle)
                : -1;
        if (template >= 0)
        {
            // It was told when it was made, unless there was no room for unproven news.
            Announce(template, now);
        }
    }

    /// <summary>
    /// Ends the connections of removed servers, as <c>expire_nodest_conn</c> wants it, in shares.
    /// </summary>
    public void EndOrphans() => _orphanNext = 0;

    private static void CountGivenUp(GivenUp givenUp, EngineCounters counters)
    {
        counters.ConnectionsEvicted = givenUp.All;
        counters.EvictedHalfOpen = givenUp.HalfOpen;
        counters.EvictedHandshakeOnly = givenUp.HandshakeOnly;
        counters.EvictedUnanswered = givenUp.Unanswered;
        counters.EvictedPromises = givenUp.Promises;
    }

    private bool EndShareOfOrphans()
    {
        ConnectionTable connections = _engine.Connections;
        int limit = connections.HandleLimit;
        int end = Math.Min(limit, _orphanNext + _options.UpkeepPerTurn);
        while ((_orphanNext = connections.Next(_orphanNext, end)) < end)
        {
            int handle = _orphanNext++;
            if (connections.Server(handle).IsRemoved && connections.Controls(handle) == 0)
            {
                // What kept others to the server goes with the last of them.
                int controller = connections.ControllerOf(handle);
                connections.Remove(handle);
                if (controller >= 0 && connections.Controls(controller) == 0)
                {
                    connections.Remove(controller);
                }
            }
        }

        _orphanNext = _orphanNext < limit ? _orphanNext : int.MaxValue;
        return _orphanNext < limit;
    }

    private bool TakeSnapshotShare(Instant now)
    {
        if (!_snapshots.TryPeek(out SnapshotConnections? snapshot))
        {
            return false;
        }

        ConnectionTable connections = _engine.Connections;
        int limit = connections.HandleLimit;
        int end = Math.Min(limit, _snapshotNext + _options.UpkeepPerTurn);
        while ((_snapshotNext = connections.Next(_snapshotNext, end)) < end)
        {
            connections.FillRecord(_snapshotNext++, now, out ConnectionRecord record);
            if (!snapshot.TryAdd(record))
            {
                return EndSnapshot(isWhole: false);
            }
        }

        return _snapshotNext < limit || EndSnapshot(isWhole: true);
    }

    /// <summary>True when another one waits.</summary>
    private bool EndSnapshot(bool isWhole)
    {
        _snapshotNext = 0;
        _snapshots.Dequeue().Complete(isWhole);
        return _snapshots.Count > 0;
    }
}

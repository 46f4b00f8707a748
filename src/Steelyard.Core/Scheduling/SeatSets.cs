using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// Sets of servers, one for each place of a cache, newest member first. All members share one
/// store, made at construction, of two for each set.
/// </summary>
internal sealed class SeatSets
{
    private const int None = -1;
    private const int MembersOfOne = 2;

    private readonly Set[] _sets;
    private readonly Member[] _members;
    private int _free;

    /// <param name="count">Sets; all empty.</param>
    public SeatSets(int count)
    {
        _sets = new Set[count];
        Array.Fill(_sets, new Set { First = None });
        _members = new Member[count * MembersOfOne];
        for (int member = 0; member < _members.Length; member++)
        {
            _members[member].Next = member + 1 < _members.Length ? member + 1 : None;
        }
    }

    /// <summary>No set can grow.</summary>
    public bool IsFull => _free == None;

    public int Count(int set) => _sets[set].Count;

    public Instant ChangedAt(int set) => _sets[set].ChangedAt;

    /// <summary>Who is in already stays where it is.</summary>
    public void Add(int set, Seat seat, Instant now)
    {
        for (int at = _sets[set].First; at != None; at = _members[at].Next)
        {
            if (_members[at].Seat == seat)
            {
                return;
            }
        }

        int member = _free;
        _free = _members[member].Next;
        _members[member] = new Member { Seat = seat, Next = _sets[set].First };
        _sets[set].First = member;
        _sets[set].Count++;
        _sets[set].ChangedAt = now;
        seat.Uses++;
    }

    public void Clear(int set)
    {
        while (_sets[set].First != None)
        {
            Release(set, ref _sets[set].First);
        }
    }

    /// <summary>
    /// The least loaded for its weight of those that take new connections; the first of equals;
    /// null when none does.
    /// </summary>
    public RealServer? LeastLoaded(int set)
    {
        RealServer? least = null;
        long leastLoad = 0;
        for (int at = _sets[set].First; at != None; at = _members[at].Next)
        {
            Seat seat = _members[at].Seat!;
            RealServer server = seat.Server;
            if (!seat.IsAlive || server.IsOverloaded)
            {
                continue;
            }

            long load = Load.Connections(server);
            if (least is null || leastLoad * server.Weight > load * least.Weight)
            {
                least = server;
                leastLoad = load;
            }
        }

        return least;
    }

    /// <summary>
    /// The most loaded for its weight of those that have one, also of those that left the
    /// service; the first of equals.
    /// </summary>
    public void RemoveMostLoaded(int set, Instant now)
    {
        RealServer? most = null;
        long mostLoad = 0;
        for (int at = _sets[set].First; at != None; at = _members[at].Next)
        {
            RealServer server = _members[at].Seat!.Server;
            if (server.Weight <= 0)
            {
                continue;
            }

            long load = Load.Connections(server);
            if (most is null || mostLoad * server.Weight < load * most.Weight)
            {
                most = server;
                mostLoad = load;
            }
        }

        if (most is not null)
        {
            Remove(set, most, now);
        }
    }

    private void Remove(int set, RealServer server, Instant now)
    {
        ref int link = ref _sets[set].First;
        while (_members[link].Seat!.Server != server)
        {
            link = ref _members[link].Next;
        }

        Release(set, ref link);
        _sets[set].ChangedAt = now;
    }

    private void Release(int set, ref int link)
    {
        int member = link;
        link = _members[member].Next;
        _members[member].Seat!.Uses--;
        _members[member] = new Member { Next = _free };
        _free = member;
        _sets[set].Count--;
    }

    private struct Set
    {
        public int First;
        public int Count;
        public Instant ChangedAt;
    }

    private struct Member
    {
        public Seat? Seat;

        /// <summary>Behind it in its set, or among the free ones.</summary>
        public int Next;
    }
}

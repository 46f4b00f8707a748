using System.Collections.Generic;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Routing;

/// <summary>
/// The box's own ARP and Neighbour Discovery: asks for stations that the data thread wants,
/// remembers answers, refreshes what is in use, gives up. RFC 826 and RFC 4861 §7.2, both with the
/// states of RFC 4861 §7.3.
/// </summary>
/// <remarks>
/// Entries stand in a sorted array, so that every walk has one order on every machine. Walks are
/// over at most <see cref="NeighbourOptions.Capacity"/> entries, on the control loop.
/// </remarks>
public sealed class NeighbourTable(NeighbourOptions options, INeighbourEffects effects)
{
    private readonly List<Neighbour> _neighbours = [];
    private int _nextEviction;

    /// <summary>When <see cref="OnDeadline"/> has something to do next.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    public int Count => _neighbours.Count;

    /// <summary>Wishes that found the table full of neighbours in use.</summary>
    public long Refused { get; private set; }

    /// <summary>The state of a neighbour; Unknown when there is none.</summary>
    public NeighbourState StateOf(int interfaceIndex, IpAddress address) =>
        Find(interfaceIndex, address, out int at)
            ? _neighbours[at].State
            : NeighbourState.Unknown;

    /// <summary>The station of a neighbour that may be used.</summary>
    public bool TryGetStation(int interfaceIndex, IpAddress address, out MacAddress station)
    {
        bool found = Find(interfaceIndex, address, out int at) && _neighbours[at].IsUsable;
        station = found ? _neighbours[at].Station : default;
        return found;
    }

    /// <summary>
    /// Frames wait for this neighbour, or one in use has not been heard from lately.
    /// </summary>
    public void OnWanted(int interfaceIndex, IpAddress address, Instant now)
    {
        if (!Find(interfaceIndex, address, out int at))
        {
            if (!MakeRoom(ref at))
            {
                Refused++;
                effects.Failed(interfaceIndex, address);
                return;
            }

            Neighbour made = new(interfaceIndex, address);
            _neighbours.Insert(at, made);
            BeginAsking(made, NeighbourState.Incomplete, now);
            return;
        }

        Neighbour neighbour = _neighbours[at];
        switch (neighbour.State)
        {
            case NeighbourState.Failed:
                effects.Failed(interfaceIndex, address);
                break;
            case NeighbourState.Reachable:
                // The data thread missed the news, or asks early: tell it again.
                effects.Learned(interfaceIndex, address, neighbour.Station);
                break;
            case NeighbourState.Stale:
                effects.Learned(interfaceIndex, address, neighbour.Station);
                BeginAsking(neighbour, NeighbourState.Probing, now);
                break;
        }
    }

    /// <summary>
    /// Any ARP packet was seen. A neighbour that is known is updated by requests, replies and
    /// announcements alike (RFC 826); one that nobody wants is not made.
    /// </summary>
    public void OnArp(int interfaceIndex, in ArpPacket packet, Instant now)
    {
        MacAddress station = packet.SenderHardware;
        if (station.IsMulticast
            || station.IsZero
            || !Find(interfaceIndex, packet.SenderAddress, out int at))
        {
            return;
        }

        Learn(_neighbours[at], station, NeighbourState.Reachable, now);
    }

    /// <summary>
    /// A solicitation or an advertisement was seen. Nobody's wish, nobody's neighbour, as with ARP.
    /// </summary>
    public void OnDiscovery(int interfaceIndex, in NeighbourDiscovery message, Instant now)
    {
        if (message.Message == NeighbourMessage.Advertisement)
        {
            OnAdvertisement(interfaceIndex, message, now);
        }
        else if (message.Station is MacAddress station
            && Find(interfaceIndex, message.Source, out int at)
            && (!_neighbours[at].IsUsable || _neighbours[at].Station != station))
        {
            // RFC 4861 §7.2.3: that it can be heard does not say that it hears.
            Learn(_neighbours[at], station, NeighbourState.Stale, now);
        }
    }

    /// <summary>
    /// The interface lost its link or its addresses: all that was known of it is void.
    /// </summary>
    public void OnInterfaceLost(int interfaceIndex)
    {
        for (int at = _neighbours.Count - 1; at >= 0; at--)
        {
            if (_neighbours[at].InterfaceIndex == interfaceIndex)
            {
                IpAddress address = _neighbours[at].Address;
                _neighbours.RemoveAt(at);
                effects.Failed(interfaceIndex, address);
            }
        }
    }

    /// <summary>Asks again, gives up, lets age and forgets, whatever is due.</summary>
    public void OnDeadline(Instant now)
    {
        if (now < Deadline)
        {
            return;
        }

        Deadline = Instant.Never;
        for (int at = _neighbours.Count - 1; at >= 0; at--)
        {
            Neighbour neighbour = _neighbours[at];
            if (neighbour.Deadline <= now && !Advance(neighbour, now))
            {
                _neighbours.RemoveAt(at);
                if (neighbour.State == NeighbourState.Stale)
                {
                    effects.Failed(neighbour.InterfaceIndex, neighbour.Address);
                }

                continue;
            }

            Deadline = Instant.Earlier(Deadline, neighbour.Deadline);
        }
    }

    /// <summary>RFC 4861 §7.2.5, and the table of its appendix C.</summary>
    private void OnAdvertisement(int interfaceIndex, in NeighbourDiscovery message, Instant now)
    {
        if (!Find(interfaceIndex, message.Target, out int at))
        {
            return;
        }

        Neighbour neighbour = _neighbours[at];
        NeighbourState heard = (message.Flags & NeighbourFlags.Solicited) != 0
            ? NeighbourState.Reachable
            : NeighbourState.Stale;
        if (!neighbour.IsUsable)
        {
            if (message.Station is MacAddress first)
            {
                Learn(neighbour, first, heard, now);
            }

            return;
        }

        MacAddress station = message.Station ?? neighbour.Station;
        bool isOther = station != neighbour.Station;
        if (isOther && (message.Flags & NeighbourFlags.Override) == 0)
        {
            // Two claim the address: the one that is known stays, and is asked when next wanted.
            if (neighbour.State == NeighbourState.Reachable)
            {
                Learn(neighbour, neighbour.Station, NeighbourState.Stale, now);
            }
        }
        else if (isOther || heard == NeighbourState.Reachable)
        {
            Learn(neighbour, station, heard, now);
        }
    }

    /// <summary>Takes a station, and tells of it when it is news.</summary>
    private void Learn(
        Neighbour neighbour, MacAddress station, NeighbourState state, Instant now)
    {
        bool isNews = !neighbour.IsUsable || neighbour.Station != station;
        neighbour.Station = station;
        neighbour.State = state;
        SetDeadline(neighbour, now + (state == NeighbourState.Reachable
            ? options.ReachableTime
            : options.StaleTime));
        if (isNews)
        {
            effects.Learned(neighbour.InterfaceIndex, neighbour.Address, station);
        }
    }

    /// <summary>One neighbour's time has come. False: forget it.</summary>
    private bool Advance(Neighbour neighbour, Instant now)
    {
        switch (neighbour.State)
        {
            case NeighbourState.Reachable:
                neighbour.State = NeighbourState.Stale;
                neighbour.Deadline = now + options.StaleTime;
                return true;
            case NeighbourState.Incomplete or NeighbourState.Probing
                when neighbour.RequestsLeft > 0:
                AskOnce(neighbour, now);
                return true;
            case NeighbourState.Incomplete or NeighbourState.Probing:
                neighbour.State = NeighbourState.Failed;
                neighbour.Deadline = now + options.FailedTime;
                effects.Failed(neighbour.InterfaceIndex, neighbour.Address);
                return true;
            default:
                return false;
        }
    }

    private void BeginAsking(Neighbour neighbour, NeighbourState state, Instant now)
    {
        neighbour.State = state;
        neighbour.RequestsLeft = options.BroadcastRequests
            + (state == NeighbourState.Probing ? options.UnicastRequests : 0);
        AskOnce(neighbour, now);
    }

    private void AskOnce(Neighbour neighbour, Instant now)
    {
        bool toOldStation = neighbour.RequestsLeft > options.BroadcastRequests;
        neighbour.RequestsLeft--;
        SetDeadline(neighbour, now + options.RetransmitTime);
        effects.Ask(
            neighbour.InterfaceIndex,
            neighbour.Address,
            toOldStation ? neighbour.Station : MacAddress.Broadcast);
    }

    private void SetDeadline(Neighbour neighbour, Instant deadline)
    {
        neighbour.Deadline = deadline;
        Deadline = Instant.Earlier(Deadline, deadline);
    }

    /// <summary>Below capacity, or one that is stale or failed makes place.</summary>
    private bool MakeRoom(ref int at)
    {
        if (_neighbours.Count < options.Capacity)
        {
            return true;
        }

        for (int tried = 0; tried < _neighbours.Count; tried++)
        {
            _nextEviction = (_nextEviction + 1) % _neighbours.Count;
            Neighbour candidate = _neighbours[_nextEviction];
            if (candidate.State is NeighbourState.Stale or NeighbourState.Failed)
            {
                _neighbours.RemoveAt(_nextEviction);
                effects.Failed(candidate.InterfaceIndex, candidate.Address);
                at -= _nextEviction < at ? 1 : 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>The place of a neighbour, or where it would stand.</summary>
    private bool Find(int interfaceIndex, IpAddress address, out int at)
    {
        int low = 0;
        int high = _neighbours.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            Neighbour candidate = _neighbours[middle];
            int order = candidate.InterfaceIndex.CompareTo(interfaceIndex);
            order = order != 0 ? order : candidate.Address.CompareTo(address);
            if (order == 0)
            {
                at = middle;
                return true;
            }

            low = order < 0 ? middle + 1 : low;
            high = order > 0 ? middle - 1 : high;
        }

        at = low;
        return false;
    }

    private sealed class Neighbour(int interfaceIndex, IpAddress address)
    {
        public int InterfaceIndex { get; } = interfaceIndex;

        public IpAddress Address { get; } = address;

        public MacAddress Station { get; set; }

        public NeighbourState State { get; set; }

        public int RequestsLeft { get; set; }

        public Instant Deadline { get; set; } = Instant.Never;

        public bool IsUsable => State
            is NeighbourState.Reachable or NeighbourState.Stale or NeighbourState.Probing;
    }
}

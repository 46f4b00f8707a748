using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// As <c>lblc</c>, but with a set of servers for what is asked for (<c>lblcr</c>): the least
/// loaded of the set. A set whose best is overburdened, while another server is half idle, grows
/// by the least loaded of all; one that stayed the same for as long as an
/// unused one is remembered loses its most loaded.
/// </summary>
public sealed class LocalityBasedReplicated : ISchedule
{
    private readonly DestinationCache _cache;
    private readonly SeatSets _sets;
    private readonly Seats _seats = new();

    /// <param name="seed">Of the hash of addresses.</param>
    /// <param name="capacity">
    /// Addresses that are remembered; the longest unused is forgotten.
    /// </param>
    public LocalityBasedReplicated(ulong seed, int capacity = DestinationCache.UsualCapacity)
    {
        _cache = new(seed, capacity);
        _sets = new(capacity);
    }

    public string Name => "lblcr";

    public void Adopt(LvsSettings settings) => _cache.Expiration = settings.LblcrExpiration;

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        int place = Recall(flow, now);
        if (place == DestinationCache.None)
        {
            RealServer? server = Load.LeastForWeight(service.Servers);
            if (server is not null)
            {
                if (_cache.IsFull)
                {
                    Forget(_cache.Oldest);
                }

                Join(_cache.Take(flow.Virtual.Address, now), server, now);
            }

            return server;
        }

        _cache.Use(place, now);
        RealServer? best = _sets.LeastLoaded(place);
        if (_sets.Count(place) > 1 && now > _sets.ChangedAt(place) + _cache.Expiration)
        {
            _sets.RemoveMostLoaded(place, now);
        }

        if (best is not null && !Load.IsOverburdened(best, service.Servers))
        {
            return best;
        }

        best = Load.LeastForWeight(service.Servers);
        if (best is not null)
        {
            Join(place, best, now);
        }

        return best;
    }

    public RealServer? Peek(VirtualService service, in FlowKey flow, Instant now)
    {
        int place = _cache.Find(flow.Virtual.Address);
        if (place != DestinationCache.None
            && !_cache.IsExpired(place, now)
            && _sets.LeastLoaded(place) is { } best
            && !Load.IsOverburdened(best, service.Servers))
        {
            return best;
        }

        return Load.LeastForWeight(service.Servers);
    }

    public void OnServersChanged(VirtualService service) => _seats.OnServersChanged(service);

    private int Recall(in FlowKey flow, Instant now)
    {
        int place = _cache.Find(flow.Virtual.Address);
        if (place != DestinationCache.None && _cache.IsExpired(place, now))
        {
            Forget(place);
            return DestinationCache.None;
        }

        return place;
    }

    /// <summary>
    /// Room for the newcomer comes from the address unused longest; where that is this one, the
    /// set stays as it is.
    /// </summary>
    private void Join(int place, RealServer server, Instant now)
    {
        while (_sets.IsFull && _cache.Oldest != place)
        {
            Forget(_cache.Oldest);
        }

        if (!_sets.IsFull)
        {
            _sets.Add(place, _seats.Of(server), now);
        }
    }

    private void Forget(int place)
    {
        _sets.Clear(place);
        _cache.GiveUp(place);
    }
}

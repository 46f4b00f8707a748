using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// For caches (<c>lblc</c>): what is asked for stays with its server, as long as that has a
/// weight and is not overburdened while another is half idle; else, and for what is new, the
/// least loaded for its weight.
/// </summary>
public sealed class LocalityBased : ISchedule
{
    private readonly DestinationCache _cache;
    private readonly Seat?[] _seatOf;
    private readonly Seats _seats = new();

    /// <param name="seed">Of the hash of addresses.</param>
    /// <param name="capacity">
    /// Addresses that are remembered; the longest unused is forgotten.
    /// </param>
    public LocalityBased(ulong seed, int capacity = DestinationCache.UsualCapacity)
    {
        _cache = new(seed, capacity);
        _seatOf = new Seat?[capacity];
    }

    public string Name => "lblc";

    public void Adopt(LvsSettings settings) => _cache.Expiration = settings.LblcExpiration;

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        int place = _cache.Find(flow.Virtual.Address);
        RealServer? server = Choose(service, place, now);
        if (place != DestinationCache.None && _cache.IsExpired(place, now))
        {
            Forget(place);
            place = DestinationCache.None;
        }

        if (place != DestinationCache.None)
        {
            _cache.Use(place, now);
        }

        if (server is null)
        {
            return null;
        }

        if (place == DestinationCache.None)
        {
            if (_cache.IsFull)
            {
                Forget(_cache.Oldest);
            }

            place = _cache.Take(flow.Virtual.Address, now);
        }

        Remember(place, server);
        return server;
    }

    public RealServer? Peek(VirtualService service, in FlowKey flow, Instant now) =>
        Choose(service, _cache.Find(flow.Virtual.Address), now);

    public void OnServersChanged(VirtualService service) => _seats.OnServersChanged(service);

    private RealServer? Choose(VirtualService service, int place, Instant now)
    {
        if (place != DestinationCache.None
            && !_cache.IsExpired(place, now)
            && _seatOf[place] is { IsAlive: true, Server: RealServer server }
            && !Load.IsOverburdened(server, service.Servers))
        {
            return server;
        }

        return Load.LeastForWeight(service.Servers);
    }

    private void Remember(int place, RealServer server)
    {
        if (_seatOf[place] is { } seat)
        {
            if (seat.Server == server)
            {
                return;
            }

            seat.Uses--;
        }

        seat = _seats.Of(server);
        seat.Uses++;
        _seatOf[place] = seat;
    }

    private void Forget(int place)
    {
        if (_seatOf[place] is { } seat)
        {
            seat.Uses--;
            _seatOf[place] = null;
        }

        _cache.GiveUp(place);
    }
}

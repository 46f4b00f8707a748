using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// What <c>lblc</c> and <c>lblcr</c> remember by the address that was asked for: numbered places,
/// all made at construction. When it is full, the owner gives up the place used longest ago; a
/// place that was not used for a while, a day if nothing else is set, counts as empty.
/// </summary>
internal sealed class DestinationCache
{
    /// <summary>No place, or the end of a chain.</summary>
    public const int None = -1;

    /// <summary>The kernel keeps 16 addresses for each of its 1,024 buckets.</summary>
    public const int UsualCapacity = 16_384;

    /// <summary>
    /// Without use. The kernel's <c>lblc_expiration</c> and <c>lblcr_expiration</c>.
    /// </summary>
    public TimeSpan Expiration { get; set; } = LvsSettings.Default.LblcExpiration;

    private readonly SeededHash _hash;
    private readonly int[] _buckets;
    private readonly Place[] _places;
    private int _newest = None;
    private int _free;

    public DestinationCache(ulong seed, int capacity)
    {
        _hash = new(seed);
        _buckets = new int[capacity];
        Array.Fill(_buckets, None);
        _places = new Place[capacity];
        for (int place = 0; place < capacity; place++)
        {
            _places[place].Next = place + 1 < capacity ? place + 1 : None;
        }
    }

    public bool IsFull => _free == None;

    /// <summary>The place used longest ago; <see cref="None"/> when all are empty.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The place of an address; <see cref="None"/> when it has none.</summary>
    public int Find(IpAddress address)
    {
        int place = _buckets[Bucket(address)];
        while (place != None && _places[place].Address != address)
        {
            place = _places[place].Next;
        }

        return place;
    }

    public bool IsExpired(int place, Instant now) => _places[place].UsedAt + Expiration <= now;

    public void Use(int place, Instant now)
    {
        _places[place].UsedAt = now;
        if (place != _newest)
        {
            Unlink(place);
            Link(place);
        }
    }

    /// <summary>A place for an address that has none; there must be an empty one.</summary>
    public int Take(IpAddress address, Instant now)
    {
        int place = _free;
        _free = _places[place].Next;
        ref int bucket = ref _buckets[Bucket(address)];
        _places[place].Address = address;
        _places[place].UsedAt = now;
        _places[place].Next = bucket;
        bucket = place;
        Link(place);
        return place;
    }

    public void GiveUp(int place)
    {
        ref int link = ref _buckets[Bucket(_places[place].Address)];
        while (link != place)
        {
            link = ref _places[link].Next;
        }

        link = _places[place].Next;
        Unlink(place);
        _places[place].Next = _free;
        _free = place;
    }

    private uint Bucket(IpAddress address) =>
        (uint)(((ulong)_hash.Of(address.High, address.Low, rest: 0) * (uint)_buckets.Length) >> 32);

    private void Link(int place)
    {
        _places[place].Older = _newest;
        _places[place].Newer = None;
        if (_newest != None)
        {
            _places[_newest].Newer = place;
        }
        else
        {
            Oldest = place;
        }

        _newest = place;
    }

    private void Unlink(int place)
    {
        int older = _places[place].Older;
        int newer = _places[place].Newer;
        if (older != None)
        {
            _places[older].Newer = newer;
        }
        else
        {
            Oldest = newer;
        }

        if (newer != None)
        {
            _places[newer].Older = older;
        }
        else
        {
            _newest = older;
        }
    }

    private struct Place
    {
        public IpAddress Address;
        public Instant UsedAt;

        /// <summary>Behind it in its bucket, or among the empty ones.</summary>
        public int Next;
        public int Older;
        public int Newer;
    }
}

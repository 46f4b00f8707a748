using System;
using System.Numerics;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>What the data thread knows of a next hop.</summary>
internal enum NeighbourKnowledge : byte
{
    /// <summary>Looked up, and nothing sent to it yet.</summary>
    None = 0,
    Asked,
    Known,
    Failed,
}

/// <summary>One next hop on one port.</summary>
internal struct CachedNeighbour
{
    public IpAddress Address;
    public MacAddress Station;

    /// <summary>When to tell the control loop again that this one is wanted.</summary>
    public Instant AskAgain;

    public EnginePort? Port;
    public int NextInBucket;
    public int FirstWaiting;
    public int LastWaiting;
    public int WaitingCount;
    public NeighbourKnowledge Knowledge;

    /// <summary>An entry is here, and linked in its bucket.</summary>
    public readonly bool IsInUse => Port is not null;
}

/// <summary>
/// From next hops to station addresses, for the data thread. The control loop does the asking;
/// this table only remembers, and keeps frames until the answer comes.
/// </summary>
internal sealed class NeighbourCache
{
    private const int Nothing = -1;

    // How far the search for one that can make room goes.
    private const int EvictionSteps = 64;

    private readonly CachedNeighbour[] _neighbours;
    private readonly int[] _buckets;
    private readonly SeededHash _hash;
    private int _count;
    private int _nextEviction;

    public NeighbourCache(int capacity, ulong seed)
    {
        _neighbours = new CachedNeighbour[capacity];
        _buckets = new int[(int)uint.Max(
            16, BitOperations.RoundUpToPowerOf2((uint)capacity * 2))];
        _hash = new(seed);
        Array.Fill(_buckets, Nothing);
    }

    /// <summary>
    /// Changes whenever a handle may have got another meaning, or another handle may be right.
    /// </summary>
    public int Generation { get; private set; } = 1;

    public ref CachedNeighbour this[int handle] => ref _neighbours[handle];

    /// <summary>Handles reach up to here.</summary>
    public int HandleLimit => _count;

    public int Find(EnginePort port, IpAddress address)
    {
        int handle = _buckets[Bucket(port, address)];
        while (handle != Nothing
            && (_neighbours[handle].Address != address || _neighbours[handle].Port != port))
        {
            handle = _neighbours[handle].NextInBucket;
        }

        return handle;
    }

    /// <summary>
    /// Makes an entry; -1 when the table is full of neighbours that frames wait for.
    /// </summary>
    public int Add(EnginePort port, IpAddress address)
    {
        int handle = FreeHandle();
        if (handle == Nothing)
        {
            return Nothing;
        }

        int bucket = Bucket(port, address);
        _neighbours[handle] = new()
        {
            Address = address,
            Port = port,
            NextInBucket = _buckets[bucket],
            FirstWaiting = WaitingFrames.Nothing,
            LastWaiting = WaitingFrames.Nothing,
        };
        _buckets[bucket] = handle;
        return handle;
    }

    /// <summary>Forgets all of a port; frames that wait have been taken out before.</summary>
    public void RemoveAll(EnginePort port)
    {
        for (int handle = 0; handle < _count; handle++)
        {
            if (_neighbours[handle].Port == port)
            {
                Remove(handle);
            }
        }
    }

    /// <summary>Whoever kept a handle looks it up anew.</summary>
    public void Invalidate() => Generation = unchecked(Generation + 1);

    private int FreeHandle()
    {
        if (_count < _neighbours.Length)
        {
            return _count++;
        }

        for (int step = 0; step < Math.Min(EvictionSteps, _count); step++)
        {
            _nextEviction = _nextEviction + 1 < _count ? _nextEviction + 1 : 0;
            if (_neighbours[_nextEviction].WaitingCount == 0)
            {
                if (_neighbours[_nextEviction].IsInUse)
                {
                    Remove(_nextEviction);
                }

                return _nextEviction;
            }
        }

        return Nothing;
    }

    private void Remove(int handle)
    {
        ref CachedNeighbour gone = ref _neighbours[handle];
        ref int link = ref _buckets[Bucket(gone.Port!, gone.Address)];
        while (link != handle)
        {
            link = ref _neighbours[link].NextInBucket;
        }

        link = gone.NextInBucket;
        gone = default;
        Invalidate();
    }

    private int Bucket(EnginePort port, IpAddress address) =>
        (int)(_hash.Of(address.High, address.Low, (ulong)port.Index) & (uint)(_buckets.Length - 1));
}

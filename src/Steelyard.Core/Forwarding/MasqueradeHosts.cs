using System.Collections.Generic;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Hosts that are servers of no service, and to which connections lead all the same: those behind
/// the box that talk to the world, and what the twin tells of. Each stands as a server. All places
/// are made at once, before the first packet. When all are taken, a host whose connections have
/// ended gives its place to the next; when none is found in time, the next one is refused.
/// </summary>
public sealed class MasqueradeHosts
{
    // Hosts behind one box that have connections at one time.
    private const int DefaultCapacity = 4096;

    // How far the search for a host without connections goes when all places are taken.
    private const int SearchSteps = 64;

    private readonly Dictionary<IpAddress, int> _index;
    private readonly RealServer[] _places;
    private int _count;
    private int _hand;

    public MasqueradeHosts(int capacity = DefaultCapacity)
    {
        _index = new(capacity);
        _places = new RealServer[capacity];
        ServerSettings settings = new() { Method = ForwardingMethod.Nat };
        for (int place = 0; place < capacity; place++)
        {
            _places[place] = new(default, settings)
            {
                Service = Service,
                IsStranger = true,
            };
        }
    }

    /// <summary>What all of them serve: none that anybody asks for.</summary>
    internal VirtualService Service { get; } = new(default, new RoundRobin());

    /// <summary>The server that stands for a host; null when all places are taken.</summary>
    internal RealServer? Find(IpAddress address)
    {
        if (_index.TryGetValue(address, out int known))
        {
            return _places[known];
        }

        int place = _count < _places.Length ? _count++ : TakeIdle();
        if (place < 0)
        {
            return null;
        }

        _places[place].Become(address);
        _index.Add(address, place);
        return _places[place];
    }

    /// <summary>The place of a host whose connections have all ended; -1 for none.</summary>
    private int TakeIdle()
    {
        for (int step = 0; step < SearchSteps; step++)
        {
            int place = _hand;
            _hand = (_hand + 1) % _places.Length;
            if (!_places[place].HasConnections)
            {
                _ = _index.Remove(_places[place].Endpoint.Address);
                return place;
            }
        }

        return -1;
    }
}

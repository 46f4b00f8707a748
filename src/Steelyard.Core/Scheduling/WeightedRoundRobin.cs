using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// In turn, by weight (<c>wrr</c>): a bar sinks from the highest weight in steps of the weights'
/// greatest common divisor; in each round the servers whose weight reaches the bar take one each.
/// </summary>
public sealed class WeightedRoundRobin : ISchedule
{
    /// <summary>Index of the server picked last; -1 before a round's first.</summary>
    private int _last = -1;

    /// <summary>The weight that a server needs in this round.</summary>
    private int _bar;

    /// <summary>Where the bar starts: the highest weight, less one step, plus one.</summary>
    private int _highestBar;

    private int _step = 1;

    public string Name => "wrr";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        ReadOnlySpan<RealServer> servers = service.Servers;
        if (_highestBar <= 0)
        {
            return null;
        }

        // One who is overloaded may stand in the way of every round: the search ends when all
        // have been asked at the lowest bar. It ends where it began, or before a round's first.
        int start = _last;
        bool isRestarted = false;
        bool isLowest = false;
        bool endsAtStart = false;
        while (true)
        {
            for (int index = _last + 1; index < servers.Length; index++)
            {
                RealServer server = servers[index];
                bool isTaken = server.TakesNewConnections && server.Weight >= _bar;
                if (isTaken || (endsAtStart && index == start))
                {
                    _last = index;
                    return isTaken ? server : null;
                }
            }

            _last = -1;
            _bar -= _step;
            if (_bar <= 0)
            {
                _bar = _highestBar;
                if (isLowest || start < 0)
                {
                    return null;
                }

                isRestarted = true;
            }

            isLowest = _bar <= _step;
            endsAtStart |= isLowest && isRestarted;
        }
    }

    public RealServer? Peek(VirtualService service, in FlowKey flow, Instant now)
    {
        int last = _last;
        int bar = _bar;
        RealServer? next = Pick(service, flow, now);
        _last = last;
        _bar = bar;
        return next;
    }

    /// <summary>
    /// The round starts over; the bar stays, unless it is above what is possible now.
    /// </summary>
    public void OnServersChanged(VirtualService service)
    {
        int highest = 0;
        int divisor = 0;
        foreach (RealServer server in service.Servers)
        {
            highest = int.Max(highest, server.Weight);
            divisor = GreatestCommonDivisor.Of(divisor, int.Max(server.Weight, 0));
        }

        _step = int.Max(divisor, 1);
        _highestBar = highest - (_step - 1);
        _last = -1;
        if (_bar > _highestBar || _bar == 0)
        {
            _bar = _highestBar;
        }
        else if (_step > 1)
        {
            _bar = ((_bar / _step) * _step) + 1;
        }
    }
}

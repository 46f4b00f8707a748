using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Scheduling;

/// <summary>
/// What a rule may look at: the servers newest first, and the flags of <c>-b</c>.
/// </summary>
internal sealed class ModelService
{
    public LinkedList<ModelServer> Servers { get; } = new();

    public SchedulerFlags Flags { get; set; }
}

/// <summary>A scheduler's rule, written for reading and not for speed.</summary>
internal interface IRule
{
    ModelServer? Pick(ModelService service, in FlowKey flow, Instant now);

    void OnChanged(ModelService service)
    {
    }

    void OnRemoving(LinkedListNode<ModelServer> node)
    {
    }
}

/// <summary>The first of those with the least cost, of all that may be chosen.</summary>
internal sealed class Least(
    Func<ModelServer, decimal> cost, Func<ModelServer, bool>? isEligible = null) : IRule
{
    public static Least ForWeight { get; } = new(server => server.Load / server.Weight);

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now) => service.Servers
        .Where(server => server.IsFree && (isEligible is null || isEligible(server)))
        .MinBy(cost);
}

/// <summary>
/// A pointer into the list: the next one that is free, around and back to itself.
/// </summary>
internal sealed class Turns : IRule
{
    private LinkedListNode<ModelServer>? _last;

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        LinkedListNode<ModelServer>? node = _last;
        for (int step = 0; step < service.Servers.Count; step++)
        {
            node = node?.Next ?? service.Servers.First;
            if (node!.Value.IsFree)
            {
                _last = node;
                return node.Value;
            }
        }

        return null;
    }

    public void OnRemoving(LinkedListNode<ModelServer> node)
    {
        if (node == _last)
        {
            _last = node.Previous;
        }
    }
}

/// <summary>
/// Rounds with a bar from max − (gcd − 1) down in steps of gcd. A change starts the round over
/// and keeps the bar, but not above its highest place, and on the step's grid. When nobody is
/// free all starts over at the highest bar, except from within the lowest round: that one waits.
/// </summary>
internal sealed class SinkingBar : IRule
{
    private readonly Queue<ModelServer> _round = new();
    private bool _isBegun;
    private int _bar;
    private int _highest;
    private int _step;

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        if (!service.Servers.Any(server => server.IsFree))
        {
            bool hasWeights = service.Servers.Any(server => server.Weight > 0);
            if (hasWeights && !(_isBegun && _bar <= _step))
            {
                _bar = _highest;
                Fill(service);
            }

            return null;
        }

        while (true)
        {
            while (_round.TryDequeue(out ModelServer? server))
            {
                if (server.IsFree)
                {
                    _isBegun = true;
                    return server;
                }
            }

            _bar = _bar - _step > 0 ? _bar - _step : _highest;
            Fill(service);
        }
    }

    public void OnChanged(ModelService service)
    {
        int highest = service.Servers.Select(server => server.Weight).DefaultIfEmpty().Max();
        _step = (int)service.Servers.Aggregate(
            BigInteger.Zero, (sum, s) => BigInteger.GreatestCommonDivisor(sum, s.Weight));
        _step = int.Max(_step, 1);
        _highest = highest + 1 - _step;
        if (_bar == 0 || _bar > _highest)
        {
            _bar = _highest;
        }
        else if (_step > 1)
        {
            _bar = _bar - (_bar % _step) + 1;
        }

        Fill(service);
    }

    private void Fill(ModelService service)
    {
        _isBegun = false;
        _round.Clear();
        foreach (ModelServer server in service.Servers.Where(s => s.Weight > 0 && s.Weight >= _bar))
        {
            _round.Enqueue(server);
        }
    }
}

/// <summary>
/// Two lots from 0 to the sum of the weights, drawn with each pick; lots 0 and 1 are both the
/// first server's first. The second only when its load for its weight is less.
/// </summary>
internal sealed class TwoLots(SeededChance chance) : IRule
{
    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        (ulong first, ulong second) = (chance.NextBits(), chance.NextBits());
        List<ModelServer> lots = [.. service.Servers
            .Where(server => server.IsFree)
            .SelectMany(server => Enumerable.Repeat(server, server.Weight))];
        if (lots.Count == 0)
        {
            return null;
        }

        ModelServer[] drawn = [Draw(lots, first), Draw(lots, second)];
        return drawn.MinBy(server => server.Load / server.Weight);
    }

    private static ModelServer Draw(List<ModelServer> lots, ulong bits)
    {
        int lot = (int)((bits * new BigInteger(lots.Count + 1)) >> 64);
        return lots[int.Max(lot - 1, 0)];
    }
}

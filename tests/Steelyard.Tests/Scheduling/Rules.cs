using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>A scheduler's rule, written for reading and not for speed.</summary>
internal interface IRule
{
    RealServer? Pick(LinkedList<RealServer> servers, in FlowKey flow);

    void OnChanged(LinkedList<RealServer> servers)
    {
    }

    void OnRemoving(LinkedListNode<RealServer> node)
    {
    }
}

/// <summary>The first of those with the least cost.</summary>
internal sealed class Least(Func<RealServer, decimal> cost) : IRule
{
    public RealServer? Pick(LinkedList<RealServer> servers, in FlowKey flow) =>
        servers.Where(server => server.Weight > 0).MinBy(cost);
}

/// <summary>
/// A pointer into the list: the next one that has a weight, around and back to itself.
/// </summary>
internal sealed class Turns : IRule
{
    private LinkedListNode<RealServer>? _last;

    public RealServer? Pick(LinkedList<RealServer> servers, in FlowKey flow)
    {
        LinkedListNode<RealServer>? node = _last;
        for (int step = 0; step < servers.Count; step++)
        {
            node = node?.Next ?? servers.First;
            if (node!.Value.Weight > 0)
            {
                _last = node;
                return node.Value;
            }
        }

        return null;
    }

    public void OnRemoving(LinkedListNode<RealServer> node)
    {
        if (node == _last)
        {
            _last = node.Previous;
        }
    }
}

/// <summary>
/// Rounds with a bar from max − (gcd − 1) down in steps of gcd. A change starts the round over
/// and keeps the bar, but not above its highest place, and on the step's grid.
/// </summary>
internal sealed class SinkingBar : IRule
{
    private readonly Queue<RealServer> _round = new();
    private int _bar;
    private int _highest;
    private int _step;

    public RealServer? Pick(LinkedList<RealServer> servers, in FlowKey flow)
    {
        if (servers.All(server => server.Weight == 0))
        {
            return null;
        }

        while (_round.Count == 0)
        {
            _bar = _bar - _step > 0 ? _bar - _step : _highest;
            Fill(servers);
        }

        return _round.Dequeue();
    }

    public void OnChanged(LinkedList<RealServer> servers)
    {
        int highest = servers.Select(server => server.Weight).DefaultIfEmpty().Max();
        _step = (int)servers.Aggregate(
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

        Fill(servers);
    }

    private void Fill(LinkedList<RealServer> servers)
    {
        _round.Clear();
        foreach (RealServer server in servers.Where(s => s.Weight > 0 && s.Weight >= _bar))
        {
            _round.Enqueue(server);
        }
    }
}

/// <summary>256 buckets, dealt from the list again and again; hash_32 of the address.</summary>
internal sealed class Buckets(Func<FlowKey, Endpoint> side, Func<RealServer, int> share) : IRule
{
    public RealServer? Pick(LinkedList<RealServer> servers, in FlowKey flow)
    {
        List<RealServer> deck = [.. servers.SelectMany(s => Enumerable.Repeat(s, share(s)))];
        if (deck.Count == 0)
        {
            return null;
        }

        BigInteger product = new BigInteger(side(flow).Address.Ipv4) * 0x61C88647;
        int bucket = (int)((product % (BigInteger.One << 32)) >> 24);
        RealServer server = deck[bucket % deck.Count];
        return server.Weight > 0 ? server : null;
    }
}

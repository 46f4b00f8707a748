using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Scheduling;

/// <summary>
/// What is remembered of an address: for <c>lblc</c> one server, for <c>lblcr</c> several, newest
/// first.
/// </summary>
internal sealed class Memory
{
    public List<ModelServer> Servers { get; } = [];

    public Instant UsedAt { get; set; }

    public Instant ChangedAt { get; set; }

    /// <summary>Counts uses of all addresses: which was longest unused.</summary>
    public int LastUse { get; set; }
}

/// <summary>A dictionary of addresses, with a bound and a day to live.</summary>
internal sealed class Memories(int bound)
{
    private readonly Dictionary<IpAddress, Memory> _memories = [];
    private int _uses;

    public int ServersKept => _memories.Values.Sum(memory => memory.Servers.Count);

    public Memory? Recall(IpAddress address, Instant now)
    {
        if (_memories.TryGetValue(address, out Memory? memory)
            && now - memory.UsedAt >= TimeSpan.FromDays(1))
        {
            _memories.Remove(address);
            memory = null;
        }

        if (memory is not null)
        {
            memory.UsedAt = now;
            memory.LastUse = ++_uses;
        }

        return memory;
    }

    public Memory Make(IpAddress address, Instant now)
    {
        if (_memories.Count == bound)
        {
            ForgetOldest(null);
        }

        Memory memory = new() { UsedAt = now, LastUse = ++_uses };
        _memories.Add(address, memory);
        return memory;
    }

    /// <returns>False when the oldest is the one to be spared.</returns>
    public bool ForgetOldest(Memory? spared)
    {
        (IpAddress address, Memory oldest) = _memories.MinBy(pair => pair.Value.LastUse);
        return oldest != spared && _memories.Remove(address);
    }

    public static bool IsTooMuch(ModelServer server, ModelService service) =>
        server.Active > server.Weight
        && service.Servers.Any(other => other.Active * 2 < other.Weight);
}

/// <summary>
/// cache[address] → server; anew by wlc if it is dead, or active &gt; weight while some server
/// has active·2 &lt; weight.
/// </summary>
internal sealed class OneRemembered(int bound) : IRule
{
    private readonly Memories _memories = new(bound);

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        Memory? memory = _memories.Recall(flow.Virtual.Address, now);
        if (memory?.Servers[0] is { IsIn: true, Weight: > 0 } known
            && !Memories.IsTooMuch(known, service))
        {
            return known;
        }

        if (Least.ForWeight.Pick(service, flow, now) is not { } least)
        {
            return null;
        }

        memory ??= _memories.Make(flow.Virtual.Address, now);
        memory.Servers.Clear();
        memory.Servers.Add(least);
        return least;
    }
}

/// <summary>
/// As <see cref="OneRemembered"/> with a set: its wlc-least; grows when that is too much, and
/// loses its most loaded when unchanged for a day.
/// </summary>
internal sealed class SetRemembered(int bound) : IRule
{
    private readonly Memories _memories = new(bound);

    public ModelServer? Pick(ModelService service, in FlowKey flow, Instant now)
    {
        Memory? memory = _memories.Recall(flow.Virtual.Address, now);
        if (memory is not null)
        {
            ModelServer? known = memory.Servers
                .Where(server => server.IsIn && server.IsFree)
                .MinBy(server => server.Load / server.Weight);
            DropMostLoaded(memory, now);
            if (known is not null && !Memories.IsTooMuch(known, service))
            {
                return known;
            }
        }

        if (Least.ForWeight.Pick(service, flow, now) is not { } least)
        {
            return null;
        }

        memory ??= _memories.Make(flow.Virtual.Address, now);
        while (_memories.ServersKept == bound * 2 && _memories.ForgetOldest(memory))
        {
        }

        if (!memory.Servers.Contains(least) && _memories.ServersKept < bound * 2)
        {
            memory.Servers.Insert(0, least);
            memory.ChangedAt = now;
        }

        return least;
    }

    private static void DropMostLoaded(Memory memory, Instant now)
    {
        ModelServer? most = memory.Servers
            .Where(server => server.Weight > 0)
            .MaxBy(server => server.Load / server.Weight);
        if (memory.Servers.Count > 1
            && now - memory.ChangedAt > TimeSpan.FromDays(1)
            && most is not null)
        {
            memory.Servers.Remove(most);
            memory.ChangedAt = now;
        }
    }
}

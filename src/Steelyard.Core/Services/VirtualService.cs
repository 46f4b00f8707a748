using System;
using Steelyard.Core.Invariants;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// What clients ask for, and the servers that answer. Servers stand newest first, as the kernel
/// keeps them: the order decides ties in every scheduler.
/// </summary>
public sealed class VirtualService
{
    // Replaced, never changed: a reader on another thread, and a scheduler that compares, both
    // keep a picture that stays as it was.
    private RealServer[] _servers = [];

    public VirtualService(ServiceKey key, ISchedule schedule)
    {
        Key = key;
        Schedule = schedule;
        schedule.OnServersChanged(this);
    }

    public ServiceKey Key { get; }

    public ISchedule Schedule { get; private set; }

    public string SchedulerName => Schedule.Name;

    public TrafficCounters Counters { get; } = new();

    public int ServerCount => _servers.Length;

    /// <summary>The servers, newest first; a picture that later changes do not touch.</summary>
    public ReadOnlySpan<RealServer> Servers => _servers;

    internal RealServer[] Picture => _servers;

    /// <summary>
    /// Where removed servers wait for their connections to end; given by the table.
    /// </summary>
    internal ServerTrash? Trash { get; set; }

    public RealServer this[int index] => _servers[index];

    /// <summary>The server that listens there; null when there is none.</summary>
    public RealServer? FindServer(in Endpoint endpoint)
    {
        foreach (RealServer server in _servers)
        {
            if (server.Endpoint == endpoint)
            {
                return server;
            }
        }

        return null;
    }

    /// <summary>
    /// Puts a server at the head. When a removed server of the same endpoint still has
    /// connections, that one comes back with them and its counters, and is returned in place of
    /// the newcomer.
    /// </summary>
    public RealServer Add(RealServer newcomer)
    {
        Invariant.Holds(
            FindServer(newcomer.Endpoint) is null, "a service has each server only once");
        RealServer server = Trash?.Revive(Key, newcomer) ?? newcomer;
        server.Method = newcomer.Method;
        server.Weight = newcomer.Weight;
        server.IsRemoved = false;
        server.Service = this;
        server.StandIn = null;
        newcomer.StandIn = server == newcomer ? null : server;
        _servers = [server, .. _servers];
        Schedule.OnServersChanged(this);
        return server;
    }

    /// <summary>Changes method and weight in place.</summary>
    public void Edit(RealServer server, ForwardingMethod method, int weight)
    {
        server.Method = method;
        server.Weight = weight;
        Schedule.OnServersChanged(this);
    }

    /// <summary>Takes a server out. Its connections stay in their table.</summary>
    /// <returns>False when it does not belong to this service.</returns>
    public bool Remove(RealServer server)
    {
        int index = Array.IndexOf(_servers, server);
        if (index < 0)
        {
            return false;
        }

        _servers = [.. _servers[..index], .. _servers[(index + 1)..]];
        server.IsRemoved = true;
        Trash?.Keep(server);
        Schedule.OnServersChanged(this);
        return true;
    }

    /// <summary>Schedules by another rule from now on; connections stay where they are.</summary>
    public void ChangeSchedule(ISchedule schedule)
    {
        Schedule = schedule;
        schedule.OnServersChanged(this);
    }
}

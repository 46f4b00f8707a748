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

    public VirtualService(
        ServiceKey key, ISchedule schedule, ServiceSettings? settings = null)
    {
        Key = key;
        Schedule = schedule;
        Settings = settings ?? new ServiceSettings { Scheduler = schedule.Name };
        schedule.OnServersChanged(this);
    }

    public ServiceKey Key { get; }

    public ISchedule Schedule { get; private set; }

    /// <summary>What is in force for new connections.</summary>
    public ServiceSettings Settings { get; private set; }

    public string SchedulerName => Schedule.Name;

    public TrafficCounters Counters { get; } = new();

    public int ServerCount => _servers.Length;

    /// <summary>The servers, newest first; a picture that later changes do not touch.</summary>
    public ReadOnlySpan<RealServer> Servers => _servers;

    internal RealServer[] Picture => _servers;

    /// <summary>What the connection table holds for the service.</summary>
    internal ServiceLoad Load { get; } = new();

    /// <summary>
    /// Where removed servers wait for their connections to end; given by the table.
    /// </summary>
    internal ServerTrash? Trash { get; set; }

    /// <summary>Where servers are told from strangers; given by the table.</summary>
    internal ServerBook? Book { get; set; }

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
        server.Adopt(newcomer.Settings, isAdded: true);
        server.IsRemoved = false;
        server.Service = this;
        server.StandIn = null;
        newcomer.StandIn = server == newcomer ? null : server;
        _servers = [server, .. _servers];
        Book?.Add(server);
        Schedule.OnServersChanged(this);
        return server;
    }

    /// <summary>Changes a server in place.</summary>
    public void Edit(RealServer server, ServerSettings settings)
    {
        server.Adopt(settings);
        Book?.Note(server);
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
        Book?.Remove(server);
        Schedule.OnServersChanged(this);
        return true;
    }

    /// <summary>Other settings from now on; connections stay where they are.</summary>
    /// <param name="settings">What new connections follow.</param>
    /// <param name="schedule">
    /// Made for these settings and this service; the present one, when the scheduler stays.
    /// </param>
    public void Change(ServiceSettings settings, ISchedule schedule)
    {
        Settings = settings;
        foreach (RealServer server in _servers)
        {
            Book?.Note(server);
        }

        if (schedule == Schedule)
        {
            return;
        }

        Schedule = schedule;
        schedule.OnServersChanged(this);
    }
}

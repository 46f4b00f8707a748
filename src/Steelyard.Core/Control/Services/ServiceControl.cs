using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Health;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Services;

/// <summary>
/// Turns what is asked for (file, commands) and what is believed (health) into what is in force:
/// commands to the engine, and only those that change something.
/// </summary>
internal sealed class ServiceControl(IControlEffects effects, SeededChance chance)
{
    private readonly List<ServiceEntry> _services = [];
    private readonly List<PendingProbe> _probes = [];
    private Instant _sampleAt;
    private int _lastProbeId;

    /// <summary>Null for an address that is not on the box; else its stand-in, or none.</summary>
    public Func<IpAddress, IpAddress?> FindLocal { get; init; } = static _ => null;

    public IReadOnlyList<ServiceEntry> Services => _services;

    /// <summary>Every server of every service, sorry servers too.</summary>
    public IEnumerable<ServerEntry> Servers => _services.SelectMany(service => service.All);

    public Instant Deadline
    {
        get
        {
            Instant deadline = _services.Count == 0 ? Instant.Never : _sampleAt;
            foreach (ServiceEntry service in _services)
            {
                foreach (ServerEntry server in service.Servers)
                {
                    deadline = Instant.Earlier(deadline, server.Health?.Deadline ?? Instant.Never);
                }
            }

            return deadline;
        }
    }

    /// <summary>
    /// Makes the services those of the configuration; what commands had changed goes.
    /// </summary>
    public void Configure(ApplianceConfig config, Instant now)
    {
        for (int index = _services.Count - 1; index >= 0; index--)
        {
            if (FindConfig(config, _services[index].Service.Key) is null)
            {
                Remove(_services[index]);
            }
        }

        foreach (VirtualServerConfig wanted in config.VirtualServers)
        {
            ServiceEntry service = Find(wanted.Key) ?? Create(wanted);
            ConfigureService(service, wanted, now);
            Enforce(service);
        }
    }

    public void OnDeadline(Instant now)
    {
        SampleRates(now);
        foreach (ServiceEntry service in _services)
        {
            foreach (ServerEntry server in service.Servers)
            {
                StartDueProbes(service, server, now);
            }
        }
    }

    /// <summary>Takes a probe's outcome; one that nobody waits for any more is ignored.</summary>
    public void OnProbe(int probeId, ProbeOutcome outcome, Instant now)
    {
        int index = _probes.FindIndex(probe => probe.Id == probeId);
        if (index < 0)
        {
            return;
        }

        PendingProbe pending = _probes[index];
        _probes.RemoveAt(index);
        if (!ReferenceEquals(pending.Server.Health, pending.Health))
        {
            return;
        }

        if (pending.Health.OnOutcome(pending.CheckIndex, outcome, now)
            is HealthTransition transition)
        {
            effects.Report(ServiceNews.Of(pending.Service, pending.Server, transition));
            Enforce(pending.Service);
        }
    }

    public ServiceEntry? Find(ServiceKey key)
    {
        foreach (ServiceEntry service in _services)
        {
            if (service.Service.Key == key)
            {
                return service;
            }
        }

        return null;
    }

    /// <summary>Adds a service that no file knows, or one that the file will know.</summary>
    public ServiceEntry Create(VirtualServerConfig config)
    {
        VirtualService service = new(
            config.Key,
            Schedulers.Create(config.Settings.Scheduler, chance.NextBits()),
            config.Settings);
        ServiceEntry entry = new(service, config);
        _services.Add(entry);
        Send(new AddService(service));
        return entry;
    }

    public void Remove(ServiceEntry service)
    {
        _ = _services.Remove(service);
        _ = _probes.RemoveAll(probe => ReferenceEquals(probe.Service, service));
        Send(new RemoveService(service.Service.Key));
    }

    /// <summary>The box's own addresses have changed.</summary>
    public void OnAddresses()
    {
        foreach (ServiceEntry service in _services)
        {
            Enforce(service);
        }
    }

    /// <summary>Brings the engine to what is wanted and believed of one service.</summary>
    public void Enforce(ServiceEntry service)
    {
        ServiceSettings settings = service.Config.Settings;
        if (service.SentSettings != settings)
        {
            bool isSameScheduler = service.SentSettings.Scheduler == settings.Scheduler;
            service.SentSettings = settings;
            Send(new EditService(
                service.Service.Key,
                settings,
                isSameScheduler
                    ? null
                    : Schedulers.Create(settings.Scheduler, chance.NextBits())));
        }

        if (service.Quorum.OnWeight(service.AliveWeight()))
        {
            effects.Report(ServiceNews.OfQuorum(service));
        }

        foreach (ServerEntry server in service.Servers)
        {
            EnforceServer(service, server, IsWantedInService(service, server));
        }

        Forget(service);
        if (service.Sorry is ServerEntry sorry)
        {
            EnforceServer(service, sorry, IsWantedInService(service, sorry));
        }
    }

    /// <summary>The server entry for an endpoint: the one that is there, or a new one.</summary>
    public static ServerEntry Want(ServiceEntry service, RealServerConfig config)
    {
        ServerEntry? server = service.Find(config.Endpoint);
        if (server is null)
        {
            RealServer created = new(config.Endpoint, config.Settings);
            server = new ServerEntry(created, config);
            service.Servers.Add(server);
        }

        server.Config = config;
        server.IsWanted = true;
        return server;
    }

    private void ConfigureService(ServiceEntry service, VirtualServerConfig wanted, Instant now)
    {
        bool quorumChanged = service.Config.Quorum != wanted.Quorum
            || service.Config.Hysteresis != wanted.Hysteresis;
        if (quorumChanged)
        {
            service.Quorum = new Quorum(wanted.Quorum, wanted.Hysteresis);
        }

        service.Config = wanted;
        service.FileSettings = wanted.Settings;
        foreach (ServerEntry server in service.Servers)
        {
            server.IsWanted = false;
        }

        foreach (RealServerConfig config in wanted.RealServers)
        {
            ServerEntry? before = service.Find(config.Endpoint);
            bool keepsHealth = before?.Health is not null && before.Config.Checks == config.Checks;
            ServerEntry server = Want(service, config);
            server.FileSettings = config.Settings;
            if (!keepsHealth)
            {
                // Other checks do not make a dead server live: it serves when they say so.
                server.Health = config.Checks.IsEmpty
                    ? null
                    : new ServerHealth(config.Checks, chance.Fork(), now, before?.Health);
            }
        }

        ConfigureSorryServer(service, wanted.SorryServer);
    }

    /// <summary>It may be one of the real servers, which then plays both parts.</summary>
    private void ConfigureSorryServer(ServiceEntry service, RealServerConfig? wanted)
    {
        ServerEntry? real = wanted is null ? null : service.Find(wanted.Endpoint);
        real = real is { IsWanted: true } ? real : null;
        bool stays = service.Sorry is ServerEntry now && (real is null
            ? !service.Servers.Contains(now) && now.Server.Endpoint == wanted?.Endpoint
            : ReferenceEquals(now, real));
        if (service.Sorry is ServerEntry old && !stays)
        {
            service.Sorry = null;
            if (!service.Servers.Contains(old))
            {
                EnforceServer(service, old, false);
            }
        }

        if (real is not null)
        {
            service.Sorry = real;
        }
        else if (wanted is not null)
        {
            service.Sorry ??= new ServerEntry(
                new RealServer(wanted.Endpoint, wanted.Settings), wanted);
            service.Sorry.Config = wanted;
            service.Sorry.FileSettings = wanted.Settings;
        }
    }

    /// <summary>
    /// A failed server leaves its service, or stays with weight 0 when it says inhibit_on_failure;
    /// so do all others while the sorry server serves.
    /// </summary>
    private static bool IsWantedInService(ServiceEntry service, ServerEntry server)
    {
        if (ReferenceEquals(server, service.Sorry) && !service.Quorum.IsUp)
        {
            return server.IsWanted;
        }

        return server.IsWanted
            && service.Servers.Contains(server)
            && (server.Config.InhibitOnFailure || (server.IsAlive && !service.IsOnSorryServer));
    }

    private void EnforceServer(ServiceEntry service, ServerEntry server, bool isWanted)
    {
        ServiceKey key = service.Service.Key;
        ServerSettings settings = InForce(service, server);
        if (isWanted && !server.IsInService)
        {
            server.IsInService = true;
            server.SentSettings = settings;
            // Out of service the object is ours; the command hands it over.
            server.Server.Adopt(settings);
            Send(new AddServer(key, server.Server));
        }
        else if (!isWanted && server.IsInService)
        {
            server.IsInService = false;
            Send(new RemoveServer(key, server.Server.Endpoint));
        }
        else if (isWanted && server.SentSettings != settings)
        {
            server.SentSettings = settings;
            Send(new EditServer(key, server.Server.Endpoint, settings));
        }
    }

    /// <summary>
    /// A server that is down or drains takes no new connection, nor does one that the sorry server
    /// stands in for; one on the box itself is reached without a wire, whatever its method.
    /// </summary>
    private ServerSettings InForce(ServiceEntry service, ServerEntry server)
    {
        ServerSettings settings = server.Config.Settings;
        bool takesConnections = service.IsOnSorryServer
            ? ReferenceEquals(server, service.Sorry)
            : server.TakesConnections;
        IpAddress? local = FindLocal(server.Config.Endpoint.Address);
        return settings with
        {
            Weight = takesConnections ? settings.Weight : 0,
            Method = local is null ? settings.Method : ForwardingMethod.Local,
            LocalAddress = local ?? default,
        };
    }

    /// <summary>
    /// A server that nobody wants is out of service by now; nothing is probed, counted or waited
    /// for on its behalf. One of the same endpoint that is wanted later begins anew.
    /// </summary>
    private void Forget(ServiceEntry service)
    {
        if (service.Servers.RemoveAll(server => !server.IsWanted) > 0)
        {
            service.Sorry = service.Sorry is { IsWanted: true } ? service.Sorry : null;
            _ = _probes.RemoveAll(probe => !probe.Server.IsWanted);
        }
    }

    private void SampleRates(Instant now)
    {
        if (now < _sampleAt)
        {
            return;
        }

        _sampleAt = now + TimeSpan.FromSeconds(RateEstimator.PeriodSeconds);
        foreach (ServiceEntry service in _services)
        {
            service.Rates.Sample();
            foreach (ServerEntry server in service.Servers)
            {
                server.Rates.Follow(server.Server.Counters);
                server.Rates.Sample();
            }
        }
    }

    private void StartDueProbes(ServiceEntry service, ServerEntry server, Instant now)
    {
        if (server.Health is not ServerHealth health)
        {
            return;
        }

        for (int check = health.OnDeadline(now); check >= 0; check = health.OnDeadline(now))
        {
            int id = unchecked(++_lastProbeId);
            _probes.Add(new PendingProbe(id, service, server, health, check));
            effects.StartProbe(id, health.ConfigOf(check));
        }
    }

    private void Send(IEngineCommand command)
    {
        if (!effects.TryCommand(command))
        {
            // 16,384 commands wait for a data thread that turns thousands of times a second: it
            // hangs.
            throw new InvalidOperationException("the engine takes no commands any more");
        }
    }

    private static VirtualServerConfig? FindConfig(ApplianceConfig config, ServiceKey key)
    {
        foreach (VirtualServerConfig service in config.VirtualServers)
        {
            if (service.Key == key)
            {
                return service;
            }
        }

        return null;
    }

    private readonly record struct PendingProbe(
        int Id, ServiceEntry Service, ServerEntry Server, ServerHealth Health, int CheckIndex);
}

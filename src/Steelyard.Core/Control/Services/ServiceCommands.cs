using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Services;

/// <summary>How a change of services by a command ended.</summary>
public enum ServiceAnswer : byte
{
    Unknown = 0,
    Done,
    ServiceExists,
    NoSuchService,
    ServerExists,
    NoSuchServer,

    /// <summary>No scheduler or persistence engine of this name.</summary>
    NoSuchScheduler,

    /// <summary>A lower threshold above the upper one, or a negative number.</summary>
    OutOfRange,

    /// <summary>
    /// An address that no server has, another family without a tunnel, or a tunnel without its
    /// port.
    /// </summary>
    Invalid,
}

/// <summary>
/// Changes of services by commands, as <c>ipvsadm</c> makes them. They live until the next reload.
/// </summary>
public sealed class ServiceCommands
{
    private readonly ServiceControl _services;
    private readonly IControlEffects _effects;
    private readonly Action _onChanged;
    private readonly Func<bool> _hasDaemon;

    /// <param name="onChanged">Called after a service or a server came or went.</param>
    /// <param name="hasDaemon">
    /// Whether a sync daemon runs: its protocol knows one family in a connection, so that no
    /// server of the other one can be added.
    /// </param>
    internal ServiceCommands(
        ServiceControl services,
        IControlEffects effects,
        Action onChanged,
        Func<bool> hasDaemon)
    {
        _services = services;
        _effects = effects;
        _onChanged = onChanged;
        _hasDaemon = hasDaemon;
    }

    public ServiceAnswer AddService(ServiceKey key, ServiceSettings settings)
    {
        if (_services.Find(key) is not null)
        {
            return ServiceAnswer.ServiceExists;
        }

        if (!ServiceChecks.IsKnown(settings))
        {
            return ServiceAnswer.NoSuchScheduler;
        }

        _ = _services.Create(
            new VirtualServerConfig { Key = key, Settings = settings });
        return Changed();
    }

    public ServiceAnswer EditService(ServiceKey key, ServiceSettings settings)
    {
        if (_services.Find(key) is not ServiceEntry service)
        {
            return ServiceAnswer.NoSuchService;
        }

        if (!ServiceChecks.IsKnown(settings))
        {
            return ServiceAnswer.NoSuchScheduler;
        }

        service.Config = service.Config with { Settings = settings };
        _services.Enforce(service);
        return ServiceAnswer.Done;
    }

    public ServiceAnswer DeleteService(ServiceKey key)
    {
        if (_services.Find(key) is not ServiceEntry service)
        {
            return ServiceAnswer.NoSuchService;
        }

        _services.Remove(service);
        return Changed();
    }

    /// <summary>Deletes every service.</summary>
    public ServiceAnswer Clear()
    {
        foreach (ServiceEntry service in _services.Services.ToArray())
        {
            _services.Remove(service);
        }

        return Changed();
    }

    public ServiceAnswer AddServer(ServiceKey key, RealServerConfig config)
    {
        if (_services.Find(key) is not ServiceEntry service)
        {
            return ServiceAnswer.NoSuchService;
        }

        ServiceAnswer answer = ServiceChecks.OfServer(
            key, config.Endpoint, config.Settings, mayMix: !_hasDaemon());
        if (answer != ServiceAnswer.Done)
        {
            return answer;
        }

        if (service.Find(config.Endpoint) is not null)
        {
            return ServiceAnswer.ServerExists;
        }

        if (!ServiceChecks.MayBeServer(config.Endpoint.Address))
        {
            return ServiceAnswer.Invalid;
        }

        _ = ServiceControl.Want(service, config);
        _services.Enforce(service);
        return Changed();
    }

    public ServiceAnswer EditServer(
        ServiceKey key, Endpoint endpoint, ServerSettings settings)
    {
        ServiceAnswer answer = Find(
            key, endpoint, out ServiceEntry? service, out ServerEntry? server);
        if (answer == ServiceAnswer.NoSuchService)
        {
            return answer;
        }

        // Wrong settings are seen before the server is missed, as in the kernel.
        ServiceAnswer check = ServiceChecks.OfServer(
            key, endpoint, settings, mayMix: server is not null || !_hasDaemon());
        if (check != ServiceAnswer.Done || answer != ServiceAnswer.Done)
        {
            return check == ServiceAnswer.Done ? answer : check;
        }

        server!.Config = server.Config with { Settings = settings };
        _services.Enforce(service!);
        return ServiceAnswer.Done;
    }

    public ServiceAnswer DeleteServer(ServiceKey key, Endpoint endpoint)
    {
        ServiceAnswer answer = Find(
            key, endpoint, out ServiceEntry? service, out ServerEntry? server);
        if (answer == ServiceAnswer.Done)
        {
            server!.IsWanted = false;
            _services.Enforce(service!);
            _ = Changed();
        }

        return answer;
    }

    /// <summary>The counters of one service go back to 0.</summary>
    public ServiceAnswer Zero(ServiceKey key)
    {
        if (_services.Find(key) is null)
        {
            return ServiceAnswer.NoSuchService;
        }

        _ = _effects.TryCommand(new ZeroCounters(key));
        return ServiceAnswer.Done;
    }

    /// <summary>The counters of all services go back to 0.</summary>
    public ServiceAnswer ZeroAll()
    {
        _ = _effects.TryCommand(new ZeroCounters(null));
        return ServiceAnswer.Done;
    }

    private ServiceAnswer Changed()
    {
        _onChanged();
        return ServiceAnswer.Done;
    }

    private ServiceAnswer Find(
        ServiceKey key, Endpoint endpoint, out ServiceEntry? service, out ServerEntry? server)
    {
        service = _services.Find(key);
        server = service?.Find(endpoint);
        return service is null ? ServiceAnswer.NoSuchService
            : server is null ? ServiceAnswer.NoSuchServer
            : ServiceAnswer.Done;
    }
}

using System;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Control.Twin;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Loops;

/// <summary>Where changes of services by commands arrive, and their refusals come from.</summary>
internal static class ServiceDesk
{
    /// <summary>Makes one change, or none and says why not.</summary>
    public static ControlAnswer Apply(Controller controller, IpvsChange change)
    {
        if (IpvsForm.WhyNot(change) is ControlAnswer refusal)
        {
            return refusal;
        }

        if (change.Verb == IpvsVerb.SetTimeouts)
        {
            IpvsTimeouts wish = change.Timeouts!;
            controller.SetTimeouts(
                Span(wish.TcpSeconds), Span(wish.TcpFinSeconds), Span(wish.UdpSeconds));
            return ControlAnswer.Done();
        }

        if (change.Verb is IpvsVerb.StartDaemon or IpvsVerb.StopDaemon)
        {
            return ToAnswer(Apply(controller.Daemons, change.Verb, change.Daemon!));
        }

        return ToAnswer(Apply(controller.Commands, change), change.Verb);
    }

    private static TimeSpan? Span(int seconds) =>
        seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;

    private static ServiceAnswer Apply(ServiceCommands services, IpvsChange change)
    {
        ServiceKey key = change.Service?.Key ?? default;
        return change.Verb switch
        {
            IpvsVerb.AddService => services.AddService(key, change.Service!.Settings),
            IpvsVerb.EditService => services.EditService(key, change.Service!.Settings),
            IpvsVerb.DeleteService => services.DeleteService(key),
            IpvsVerb.Clear => services.Clear(),
            IpvsVerb.AddServer => services.AddServer(key, ToConfig(change.Server!)),
            IpvsVerb.EditServer => services.EditServer(
                key, change.Server!.Endpoint, change.Server.Settings),
            IpvsVerb.DeleteServer => services.DeleteServer(key, change.Server!.Endpoint),
            IpvsVerb.Zero when change.Service is null => services.ZeroAll(),
            IpvsVerb.Zero => services.Zero(key),
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }

    private static DaemonAnswer Apply(SyncDaemons daemons, IpvsVerb verb, IpvsDaemon daemon) =>
        verb == IpvsVerb.StopDaemon
            ? daemons.Stop(daemon.IsMaster)
            : daemons.Start(daemon.IsMaster, ToConfig(daemon));

    private static SyncConfig ToConfig(IpvsDaemon daemon)
    {
        SyncConfig usual = new(daemon.Interface, (byte)daemon.SyncId);
        return usual with
        {
            Group = daemon.Group ?? usual.Group,
            Port = daemon.Port > 0 ? (ushort)daemon.Port : usual.Port,
            TimeToLive = daemon.TimeToLive > 0 ? (byte)daemon.TimeToLive : usual.TimeToLive,
            MaximumLength = daemon.MaximumLength,
        };
    }

    private static RealServerConfig ToConfig(IpvsServer server) => new()
    {
        Endpoint = server.Endpoint,
        Settings = server.Settings,
    };

    private static ControlAnswer ToAnswer(DaemonAnswer answer) => answer switch
    {
        DaemonAnswer.Done => ControlAnswer.Done(),
        DaemonAnswer.NoDevice => IpvsRefusal.NoDevice,
        DaemonAnswer.RunsAlready => IpvsRefusal.DaemonRuns,
        DaemonAnswer.RunsNot => IpvsRefusal.NoDaemon,
        _ => IpvsRefusal.InvalidOperation,
    };

    private static ControlAnswer ToAnswer(ServiceAnswer answer, IpvsVerb verb) => answer switch
    {
        ServiceAnswer.Done => ControlAnswer.Done(),
        ServiceAnswer.ServiceExists => IpvsRefusal.ServiceExists,
        ServiceAnswer.ServerExists => IpvsRefusal.DestinationExists,
        ServiceAnswer.NoSuchServer => IpvsRefusal.NoSuchDestination,
        ServiceAnswer.NoSuchScheduler => IpvsRefusal.NoSuchScheduler,
        ServiceAnswer.OutOfRange => IpvsRefusal.OutOfRange,
        ServiceAnswer.Invalid => IpvsRefusal.InvalidOperation,
        _ when verb is IpvsVerb.AddServer or IpvsVerb.EditServer or IpvsVerb.DeleteServer =>
            IpvsRefusal.ServiceNotDefined,
        _ => IpvsRefusal.NoSuchService,
    };
}

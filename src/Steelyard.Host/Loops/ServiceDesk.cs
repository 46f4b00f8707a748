using System;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Loops;

/// <summary>Where changes of services by commands arrive, and their refusals come from.</summary>
internal static class ServiceDesk
{
    /// <summary>Makes one change, or none and says why not.</summary>
    public static ControlAnswer Apply(Controller controller, IpvsChange change)
    {
        if (change is { Verb: IpvsVerb.StartDaemon, Daemon: IpvsDaemon daemon }
            && controller.Network.Find(daemon.Interface) is null)
        {
            return IpvsRefusal.NoDevice;
        }

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

    private static RealServerConfig ToConfig(IpvsServer server) => new()
    {
        Endpoint = server.Endpoint,
        Settings = server.Settings,
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

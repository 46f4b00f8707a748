using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Control.Front;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control;

/// <summary>Draws <see cref="BoxStatus"/> from what the rooms hold.</summary>
internal static class StatusPicture
{
    public static BoxStatus Take(
        Controller controller, BoxIdentity identity, Engine engine, Instant now) => new(
        identity.Name,
        identity.Version,
        Seconds(now - identity.StartedAt),
        [.. controller.Routers.Select(router => Of(router, now))],
        [.. controller.Services.Select(Of)],
        [.. controller.Ports.Select(port => Of(controller, port))],
        new FastPathStatus("off", 0),
        Of(controller.Front),
        controller.Twin,
        controller.IsInMaintenance,
        new ConnectionTotals(
            engine.Counters.Connections,
            engine.Counters.ConnectionsCreated,
            engine.Counters.ConnectionsExpired))
        {
            Incidents = Of(engine.Counters),
            Hardware = controller.Board.Reading,
            Warnings = controller.Warnings.Shown,
            ControlLateness = controller.Lateness.Take(),
        };

    private static IncidentCounts Of(EngineCounters counters) => new()
    {
        ConnectionsEvicted = counters.ConnectionsEvicted,
        EvictedHalfOpen = counters.EvictedHalfOpen,
        EvictedHandshakeOnly = counters.EvictedHandshakeOnly,
        EvictedUnanswered = counters.EvictedUnanswered,
        EvictedPromises = counters.EvictedPromises,
        ConnectionsRefused = counters.ConnectionsRefused,
        RefusedServiceShare = counters.RefusedServiceShare,
        RefusedSourceShare = counters.RefusedSourceShare,
        ConnectionsThrownOut = counters.ConnectionsThrownOut,
        ConnectionsSkipped = counters.ConnectionsSkipped,
        CallIdsNotKept = counters.CallIdsNotKept,
        HostsRefused = counters.HostsRefused,
        DatagramsTimedOut = counters.DatagramsTimedOut,
        DatagramsEvicted = counters.DatagramsEvicted,
        DatagramsOverlapping = counters.DatagramsOverlapping,
        AnswersWithheld = counters.AnswersWithheld,
        EventsLost = counters.EventsLost,
    };

    private static VirtualRouterStatus Of(VirtualRouter router, Instant now) => new(
        router.Name,
        Words.Of(router.State),
        router.Config.VirtualRouterId,
        router.Priority,
        router.Config.Interface,
        [.. router.Config.Addresses.Concat(router.Config.ExcludedAddresses)
            .Select(prefix => prefix.ToString())],
        Seconds(now - router.Since),
        router.Transitions)
    {
        AdvertFaults = RouterNews.FaultsOf(router),
    };

    private static ServiceStatus Of(ServiceEntry service) => new(
        service.Service.Key.ToString(),
        service.Config.Settings.Scheduler,
        service.Quorum.IsUp,
        service.Config.Quorum,
        service.IsOnSorryServer,
        [.. service.Servers.Select(Of)])
    {
        Origin = Words.Of(service.Origin),
    };

    private static RealServerStatus Of(ServerEntry entry)
    {
        RealServer server = entry.Server;
        return new RealServerStatus(
            server.Endpoint.ToString(),
            Words.Of(entry.IsInService
                ? entry.SentSettings.Method
                : entry.Config.Settings.Method),
            entry.Config.Settings.Weight,
            entry.IsInService ? entry.SentSettings.Weight : 0,
            Words.Of(entry.HealthState),
            server.ActiveConnections,
            server.InactiveConnections,
            server.Counters.Connections,
            server.Counters.InPackets,
            server.Counters.OutPackets,
            server.Counters.InBytes,
            server.Counters.OutBytes,
            entry.Health?.Detail ?? string.Empty)
        {
            Origin = Words.Of(entry.Origin),
        };
    }

    private static PortStatus Of(Controller controller, AttachPort attached)
    {
        PortCounters wire = attached.Port.Counters;
        var drops = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (DropReason reason in ForwardingCounters.Reasons)
        {
            if (attached.Counters[reason] > 0)
            {
                drops[Words.Of(reason)] = attached.Counters[reason];
            }
        }

        AddIfAny(drops, "receive_overrun", wire.ReceiveOverruns);
        AddIfAny(drops, "transmit_refused", wire.TransmitRefused);
        return new PortStatus(
            attached.Port.Name,
            controller.Network.Find(attached.Port.InterfaceIndex)?.IsUp ?? false,
            wire.ReceivedPackets,
            wire.TransmittedPackets,
            wire.ReceivedBytes,
            wire.TransmittedBytes,
            drops.ToImmutable());
    }

    private static void AddIfAny(
        ImmutableSortedDictionary<string, long>.Builder drops, string reason, long count)
    {
        if (count > 0)
        {
            drops[reason] = count;
        }
    }

    private static PanelStatus Of(PanelControl front)
    {
        PanelState panel = front.Missing is null ? front.Shown : PanelState.Dark;
        return new(Words.Of(panel.Ready), Words.Of(panel.Role), Words.Of(panel.Fault))
        {
            ReadyMeans = front.Words.Ready,
            RoleMeans = front.Words.Role,
            FaultMeans = front.Words.Fault,
            Missing = front.Missing ?? string.Empty,
        };
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}

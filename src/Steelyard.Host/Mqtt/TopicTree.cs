using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Steelyard.Core.Control;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Turns pictures of the box and its events into messages. A value that did not change is not
/// said again; a topic whose thing is gone is emptied, which is how MQTT forgets.
/// </summary>
internal sealed class TopicTree
{
    /// <summary>Enough for a newcomer to see what led to now.</summary>
    public const int EventsKept = 50;

    /// <summary>Five minutes of seconds: what the dashboard draws.</summary>
    public const int HistoryKept = 300;

    // The history is for newcomers; others count on from the rates.
    private const int RoundsPerHistory = 5;

    private readonly Topics _topics;
    private readonly Action<Outgoing> _send;
    private readonly RateMeter _meter = new();
    private readonly EventRing _events = new(EventsKept);
    private readonly RateHistory _history = new(HistoryKept);
    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _idsTaken = new(StringComparer.Ordinal);
    private long _round;
    private double? _lastUptimeS;

    /// <summary>How often pictures come, for who must tell a pause from silence.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The external broker; its name is null when there is none.</summary>
    public BrokerPicture Broker { get; set; }

    /// <param name="send">Takes each message; must not wait.</param>
    public TopicTree(Topics topics, Action<Outgoing> send)
    {
        _topics = topics;
        _send = send;
    }

    /// <param name="dropped">Messages that telemetry dropped so far.</param>
    public void Apply(BoxStatus status, long dropped)
    {
        _round++;
        Instant now = new((long)(status.UptimeS * 1e9));
        _meter.BeginRound(now);
        Say(
            _topics.State,
            BoxOf(status, dropped, Interval, Broker),
            PayloadJson.Default.BoxPayload);
        Say(_topics.Hardware, status.Hardware, PayloadJson.Default.HardwareReading);
        ApplyRouters(status.VirtualRouters);
        TrafficRates ports = ApplyPorts(status.Ports);
        TrafficRates services = ApplyServices(status.Services);
        _meter.EndRound();
        Say(_topics.Rates, RatesOf(services, ports), PayloadJson.Default.RatesPayload);
        ApplyHistory(status.UptimeS, services);
        Forget();
    }

    public void Apply(BoxEvent happening, DateTimeOffset at)
    {
        EventPayload payload = EventOf(_events.Add(happening, at));
        _send(new(
            _topics.Event,
            JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.EventPayload),
            IsRetained: false));
        ImmutableArray<EventPayload> last =
            [.. Enumerable.Range(0, _events.Count).Select(index => EventOf(_events[index]))];
        Say(_topics.Events, last, PayloadJson.Default.ImmutableArrayEventPayload);
    }

    /// <summary>Says every value once more, to somebody who was not there before.</summary>
    public void Repeat(Action<Outgoing> send)
    {
        foreach ((string topic, Said said) in _said)
        {
            send(new(topic, said.Payload, IsRetained: true));
        }
    }

    private void ApplyRouters(ImmutableArray<VirtualRouterStatus> routers)
    {
        _idsTaken.Clear();
        foreach (VirtualRouterStatus router in routers)
        {
            RouterPayload payload = new(
                router.Name, router.State, router.Vrid, router.Priority, router.Interface,
                string.Join(", ", router.Addresses), (long)router.Since, router.Transitions);
            Say(_topics.Router(Id(router.Name)), payload, PayloadJson.Default.RouterPayload);
        }
    }

    private TrafficRates ApplyPorts(ImmutableArray<PortStatus> ports)
    {
        TrafficRates sum = default;
        _idsTaken.Clear();
        foreach (PortStatus port in ports)
        {
            TrafficRates rates = _meter.Measure(
                $"port {port.Name}",
                new(0, port.RxPackets, port.TxPackets, port.RxBytes, port.TxBytes));
            sum += rates;
            PortPayload payload = new(
                port.Name, port.Up, port.RxPackets, port.TxPackets, port.RxBytes, port.TxBytes,
                Tenths(rates.InPacketsPerSecond), Tenths(rates.OutPacketsPerSecond),
                Tenths(rates.InBytesPerSecond), Tenths(rates.OutBytesPerSecond),
                port.Drops.Values.Sum(), port.Drops);
            Say(_topics.Port(Id(port.Name)), payload, PayloadJson.Default.PortPayload);
        }

        return sum;
    }

    private TrafficRates ApplyServices(ImmutableArray<ServiceStatus> services)
    {
        TrafficRates sum = default;
        List<string> ids = new(services.Length);
        _idsTaken.Clear();
        foreach (ServiceStatus service in services)
        {
            ids.Add(Id(service.Service));
        }

        for (int index = 0; index < services.Length; index++)
        {
            sum += ApplyService(ids[index], services[index]);
        }

        return sum;
    }

    private TrafficRates ApplyService(string id, ServiceStatus service)
    {
        TrafficRates sum = default;
        _idsTaken.Clear();
        foreach (RealServerStatus server in service.RealServers)
        {
            TrafficRates rates = _meter.Measure(
                $"{service.Service} {server.Address}",
                new(
                    server.Connections, server.InPackets, server.OutPackets,
                    server.InBytes, server.OutBytes));
            sum += rates;
            ServerPayload payload = new(
                service.Service, server.Address, server.Method, server.Weight,
                server.EffectiveWeight, server.Health, server.Detail, server.Active,
                server.Inactive, server.Connections, server.InPackets, server.OutPackets,
                server.InBytes, server.OutBytes, Tenths(rates.ConnectionsPerSecond),
                Tenths(rates.InPacketsPerSecond), Tenths(rates.OutPacketsPerSecond),
                Tenths(rates.InBytesPerSecond), Tenths(rates.OutBytesPerSecond));
            Say(
                _topics.Server(id, Id(server.Address)), payload,
                PayloadJson.Default.ServerPayload);
        }

        Say(_topics.Service(id), ServiceOf(service, sum), PayloadJson.Default.ServicePayload);
        return sum;
    }

    private void ApplyHistory(double uptimeS, in TrafficRates services)
    {
        bool repeats = _lastUptimeS is { } last && uptimeS >= last
            && uptimeS - last < RateMeter.ShortestRound.TotalSeconds;
        if (repeats)
        {
            Keep(_topics.History);
            return;
        }

        double? before = _lastUptimeS;
        _lastUptimeS = uptimeS;
        if (before is null)
        {
            return; // The first round knows no rates; its zeros would look like silence.
        }

        double stepS = uptimeS > before ? uptimeS - before.Value : 1;
        _history.Add(services);
        if (_round % RoundsPerHistory != 1)
        {
            Keep(_topics.History);
            return;
        }

        HistoryPayload payload = new(
            Tenths(stepS),
            Tenths(uptimeS),
            [.. Past().Select(rates => Tenths(rates.PacketsPerSecond))],
            [.. Past().Select(rates => Tenths(rates.ConnectionsPerSecond))]);
        Say(_topics.History, payload, PayloadJson.Default.HistoryPayload);
    }

    private IEnumerable<TrafficRates> Past() =>
        Enumerable.Range(0, _history.Count).Select(index => _history[index]);

    private void Say<T>(string topic, T value, JsonTypeInfo<T> type)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(value, type);
        if (_said.TryGetValue(topic, out Said? said))
        {
            said.Round = _round;
            if (said.Payload.AsSpan().SequenceEqual(payload))
            {
                return;
            }

            said.Payload = payload;
        }
        else
        {
            _said.Add(topic, new(payload, _round));
        }

        _send(new(topic, payload, IsRetained: true));
    }

    private void Keep(string topic)
    {
        if (_said.TryGetValue(topic, out Said? said))
        {
            said.Round = _round;
        }
    }

    /// <summary>Empties the topics that this round had no word for.</summary>
    private void Forget()
    {
        Keep(_topics.Events);
        foreach ((string topic, Said said) in _said)
        {
            if (said.Round != _round)
            {
                _said.Remove(topic);
                _send(new(topic, ReadOnlyMemory<byte>.Empty, IsRetained: true));
            }
        }
    }

    /// <summary>An id for a name; two names that look alike as ids get different ones.</summary>
    private string Id(string name)
    {
        string id = Topics.Id(name);
        string free = id;
        for (int number = 2; !_idsTaken.Add(free); number++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");
        }

        return free;
    }

    private static BoxPayload BoxOf(
        BoxStatus status, long dropped, TimeSpan interval, in BrokerPicture broker) => new(
        status.Box,
        status.Version,
        (long)status.UptimeS,
        interval.TotalSeconds,
        RoleOf(status.VirtualRouters),
        status.Maintenance,
        status.Twin.Alive,
        status.Twin.Name,
        status.Twin.Missed,
        status.Twin.Dashboard,
        status.Panel.Ready,
        status.Panel.Role,
        status.Panel.Fault,
        status.Panel.ReadyMeans,
        status.Panel.RoleMeans,
        status.Panel.FaultMeans,
        status.Panel.Missing,
        status.Services.Length,
        status.Services.Count(service => service.Up),
        status.Services.Sum(service => service.RealServers.Length),
        status.Services.Sum(service => service.RealServers.Count(IsUp)),
        status.Connections.Current,
        status.Connections.Created,
        status.Connections.Expired,
        status.Incidents.ConnectionsEvicted,
        status.Incidents.EvictedHalfOpen,
        status.Incidents.EvictedHandshakeOnly,
        status.Incidents.EvictedUnanswered,
        status.Incidents.EvictedPromises,
        status.Incidents.ConnectionsRefused,
        status.Incidents.RefusedServiceShare,
        status.Incidents.RefusedSourceShare,
        status.Incidents.ConnectionsThrownOut,
        status.Incidents.ConnectionsSkipped,
        status.Incidents.CallIdsNotKept,
        status.Incidents.HostsRefused,
        status.Incidents.DatagramsTimedOut,
        status.Incidents.DatagramsEvicted,
        status.Incidents.DatagramsOverlapping,
        status.Incidents.AnswersWithheld,
        status.Incidents.EventsLost,
        status.FastPath.Mode,
        status.FastPath.Flows,
        dropped,
        broker.Name ?? string.Empty,
        broker.IsConnected,
        broker.Fault ?? string.Empty,
        status.Warnings,
        status.ControlLateness.WorstMs,
        status.ControlLateness.Over(1),
        status.ControlLateness.Over(10),
        status.ControlLateness.Over(100));

    /// <summary>The state that all virtual routers share, MIXED, or NONE without any.</summary>
    private static string RoleOf(ImmutableArray<VirtualRouterStatus> routers)
    {
        if (routers.IsEmpty)
        {
            return "NONE";
        }

        return routers.All(router => router.State == routers[0].State)
            ? routers[0].State
            : "MIXED";
    }

    private static ServicePayload ServiceOf(ServiceStatus service, in TrafficRates rates) => new(
        service.Service,
        service.Scheduler,
        service.Up,
        service.Quorum,
        service.OnSorryServer,
        service.RealServers.Length,
        service.RealServers.Count(IsUp),
        service.RealServers.Sum(server => (long)server.Active),
        service.RealServers.Sum(server => (long)server.Inactive),
        service.RealServers.Sum(server => server.Connections),
        service.RealServers.Sum(server => server.InPackets),
        service.RealServers.Sum(server => server.OutPackets),
        service.RealServers.Sum(server => server.InBytes),
        service.RealServers.Sum(server => server.OutBytes),
        Tenths(rates.ConnectionsPerSecond),
        Tenths(rates.InPacketsPerSecond),
        Tenths(rates.OutPacketsPerSecond),
        Tenths(rates.InBytesPerSecond),
        Tenths(rates.OutBytesPerSecond));

    private static RatesPayload RatesOf(in TrafficRates services, in TrafficRates ports) => new(
        Tenths(services.ConnectionsPerSecond),
        Tenths(services.PacketsPerSecond),
        Tenths(services.BytesPerSecond),
        Tenths(services.InPacketsPerSecond),
        Tenths(services.OutPacketsPerSecond),
        Tenths(services.InBytesPerSecond),
        Tenths(services.OutBytesPerSecond),
        Tenths(ports.InPacketsPerSecond),
        Tenths(ports.OutPacketsPerSecond));

    private static EventPayload EventOf(StampedEvent stamped) => new(
        stamped.Sequence,
        stamped.At.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        stamped.Event.Severity switch
        {
            EventSeverity.Information => "information",
            EventSeverity.Warning => "warning",
            EventSeverity.Error => "error",
            _ => "unknown",
        },
        stamped.Event.Kind,
        stamped.Event.Subject,
        stamped.Event.Sentence);

    /// <summary>It takes new connections; a server without checks does, too.</summary>
    private static bool IsUp(RealServerStatus server) =>
        server.EffectiveWeight > 0 && server.Health is not ("down" or "drain");

    /// <summary>Finer than a tenth per second is noise, and makes each payload longer.</summary>
    private static double Tenths(double value) => Math.Round(value, 1);

    private sealed class Said(byte[] payload, long round)
    {
        public byte[] Payload { get; set; } = payload;

        public long Round { get; set; } = round;
    }
}

using System.Collections.Immutable;

namespace Steelyard.Host.Mqtt;

// Flat objects with numbers as numbers, since that is what Grafana, Home Assistant and Node-RED
// read without a template. Names become snake_case; the unit stands at the end of each.

/// <summary>The box as a whole.</summary>
/// <param name="IntervalS">Seconds from one telling to the next.</param>
/// <param name="TwinMissed">
/// There should be a twin, and none is heard; false too for a box that is alone on purpose.
/// </param>
/// <param name="TwinDashboard">Where the twin's page is, if it told: a URL.</param>
/// <param name="Broker">An external broker of the configuration; empty without one.</param>
/// <param name="BrokerFault">Why it is not reached, or who disturbs; empty when neither.</param>
internal sealed record BoxPayload(
    string Box,
    string Version,
    long UptimeS,
    double IntervalS,
    string Role,
    bool Maintenance,
    bool TwinAlive,
    string TwinName,
    bool TwinMissed,
    string TwinDashboard,
    string LedReady,
    string LedRole,
    string LedFault,
    string LedReadyMeans,
    string LedRoleMeans,
    string LedFaultMeans,
    string PanelMissing,
    int Services,
    int ServicesUp,
    int Servers,
    int ServersUp,
    int ConnectionsCurrent,
    long ConnectionsCreated,
    long ConnectionsExpired,
    long ConnectionsEvicted,
    long EvictedHalfOpen,
    long EvictedHandshakeOnly,
    long EvictedUnanswered,
    long EvictedPromises,
    long ConnectionsRefused,
    long RefusedServiceShare,
    long RefusedSourceShare,
    long ConnectionsThrownOut,
    long ConnectionsSkipped,
    long CallIdsNotKept,
    long HostsRefused,
    long DatagramsTimedOut,
    long DatagramsEvicted,
    long DatagramsOverlapping,
    long AnswersWithheld,
    long EventsLost,
    string FastPathMode,
    int FastPathFlows,
    long TelemetryDropped,
    string Broker,
    bool BrokerConnected,
    string BrokerFault,
    ImmutableArray<string> Warnings,
    double ControlLateWorstMs,
    long ControlLateOver1Ms,
    long ControlLateOver10Ms,
    long ControlLateOver100Ms);

/// <param name="Addresses">The virtual addresses, separated by a comma and a space.</param>
/// <param name="SinceS">Whole seconds since the state began.</param>
internal sealed record RouterPayload(
    string Name,
    string State,
    int Vrid,
    int Priority,
    string Interface,
    string Addresses,
    long SinceS,
    long Transitions);

internal sealed record PortPayload(
    string Name,
    bool Up,
    long RxPackets,
    long TxPackets,
    long RxBytes,
    long TxBytes,
    double RxPacketsPerSecond,
    double TxPacketsPerSecond,
    double RxBytesPerSecond,
    double TxBytesPerSecond,
    long Dropped,
    ImmutableSortedDictionary<string, long> Drops);

internal sealed record ServicePayload(
    string Service,
    string Scheduler,
    bool Up,
    int Quorum,
    bool OnSorryServer,
    int Servers,
    int ServersUp,
    long Active,
    long Inactive,
    long Connections,
    long InPackets,
    long OutPackets,
    long InBytes,
    long OutBytes,
    double ConnectionsPerSecond,
    double InPacketsPerSecond,
    double OutPacketsPerSecond,
    double InBytesPerSecond,
    double OutBytesPerSecond);

internal sealed record ServerPayload(
    string Service,
    string Address,
    string Method,
    int Weight,
    int EffectiveWeight,
    string Health,
    string Detail,
    int Active,
    int Inactive,
    long Connections,
    long InPackets,
    long OutPackets,
    long InBytes,
    long OutBytes,
    double ConnectionsPerSecond,
    double InPacketsPerSecond,
    double OutPacketsPerSecond,
    double InBytesPerSecond,
    double OutBytesPerSecond);

/// <summary>What all services and all ports of the box do per second.</summary>
internal sealed record RatesPayload(
    double ConnectionsPerSecond,
    double PacketsPerSecond,
    double BytesPerSecond,
    double InPacketsPerSecond,
    double OutPacketsPerSecond,
    double InBytesPerSecond,
    double OutBytesPerSecond,
    double RxPacketsPerSecond,
    double TxPacketsPerSecond);

/// <param name="StepS">
/// Seconds between two entries; the last one is <paramref name="EndUptimeS"/>.
/// </param>
internal sealed record HistoryPayload(
    double StepS,
    double EndUptimeS,
    ImmutableArray<double> PacketsPerSecond,
    ImmutableArray<double> ConnectionsPerSecond);

/// <param name="Time">UTC, as RFC 3339 writes it.</param>
/// <param name="Severity">information, warning or error.</param>
internal sealed record EventPayload(
    long Sequence, string Time, string Severity, string Kind, string Subject, string Sentence);

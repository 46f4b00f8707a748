using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>A thing that stays, with other settings.</summary>
public readonly record struct ConfigChange<T>(T Old, T New);

/// <summary>How one list becomes another. What is equal in both is in none of these.</summary>
/// <remarks>
/// The order within a file means nothing: two lists that differ in it alone are equal.
/// </remarks>
public sealed record ListDifference<T>(
    ConfigList<T> Removed, ConfigList<T> Added, ConfigList<ConfigChange<T>> Changed)
{
    public bool IsEmpty => Removed.IsEmpty && Added.IsEmpty && Changed.IsEmpty;
}

/// <summary>A service that stays: its connections and counters go on.</summary>
/// <param name="RealServers">By endpoint; a change is of weight, method or checks.</param>
public sealed record ServiceDifference(
    VirtualServerConfig Old,
    VirtualServerConfig New,
    ListDifference<RealServerConfig> RealServers)
{
    public bool SorryServerChanged => Old.SorryServer != New.SorryServer;

    /// <summary>Quorum, hysteresis or the period of checks.</summary>
    public bool QuorumChanged =>
        Old.Quorum != New.Quorum
        || Old.Hysteresis != New.Hysteresis
        || Old.DelayLoop != New.DelayLoop;

    /// <summary>Nothing but the order of servers differs.</summary>
    public bool IsEmpty =>
        RealServers.IsEmpty && (Old with { RealServers = [] }) == (New with { RealServers = [] });
}

/// <summary>
/// What to remove, add and change so that one configuration becomes another; what both have is not
/// touched. Apply removals first, then changes, then additions: an address may move.
/// </summary>
public sealed record ConfigDifference
{
    /// <summary>
    /// By name. Another interface, VRID or version makes a router a new one on the wire.
    /// </summary>
    public required ListDifference<VirtualRouterConfig> VirtualRouters { get; init; }

    /// <summary>By name.</summary>
    public required ListDifference<SyncGroupConfig> SyncGroups { get; init; }

    /// <summary>By protocol, address and port.</summary>
    public required ConfigList<VirtualServerConfig> RemovedServices { get; init; }

    public required ConfigList<VirtualServerConfig> AddedServices { get; init; }

    public required ConfigList<ServiceDifference> ChangedServices { get; init; }

    public ConfigChange<SyncConfig?>? Sync { get; init; }

    public ConfigChange<ConfigList<SyncKey>>? SyncKeys { get; init; }

    public ConfigChange<PanelConfig?>? Panel { get; init; }

    public ConfigChange<TelemetryConfig>? Telemetry { get; init; }

    public ConfigChange<DashboardConfig>? Dashboard { get; init; }

    public ConfigChange<TimeoutsConfig>? Timeouts { get; init; }

    public ConfigChange<string>? BoxName { get; init; }

    public ConfigChange<ConfigList<MarkRule>>? MarkRules { get; init; }

    public ConfigChange<LvsSettings>? LvsSettings { get; init; }

    /// <summary>It needs a restart: the table is made once.</summary>
    public ConfigChange<int?>? ConnectionLimit { get; init; }

    public ConfigChange<ConfigList<IpAddress>>? SourcePool { get; init; }

    public ConfigChange<ConfigList<MasqueradeConfig>>? Masquerades { get; init; }

    public bool IsEmpty =>
        VirtualRouters.IsEmpty
        && SyncGroups.IsEmpty
        && RemovedServices.IsEmpty
        && AddedServices.IsEmpty
        && ChangedServices.IsEmpty
        && Sync is null
        && SyncKeys is null
        && Panel is null
        && Telemetry is null
        && Dashboard is null
        && Timeouts is null
        && BoxName is null
        && MarkRules is null
        && LvsSettings is null
        && ConnectionLimit is null
        && SourcePool is null
        && Masquerades is null;

    public static ConfigDifference Between(ApplianceConfig before, ApplianceConfig after)
    {
        ListDifference<VirtualServerConfig> services =
            Compare<VirtualServerConfig, ServiceKey>(
                before.VirtualServers, after.VirtualServers, server => server.Key);
        return new ConfigDifference
        {
            VirtualRouters = Compare<VirtualRouterConfig, string>(
                before.VirtualRouters, after.VirtualRouters, router => router.Name),
            SyncGroups = Compare<SyncGroupConfig, string>(
                before.SyncGroups, after.SyncGroups, group => group.Name),
            RemovedServices = services.Removed,
            AddedServices = services.Added,
            ChangedServices = ConfigList.From(
                services.Changed.Select(CompareService).Where(service => !service.IsEmpty)),
            Sync = Change(before.Sync, after.Sync),
            SyncKeys = Change(before.SyncKeys, after.SyncKeys),
            Panel = Change(before.Panel, after.Panel),
            Telemetry = Change(before.Telemetry, after.Telemetry),
            Dashboard = Change(before.Dashboard, after.Dashboard),
            Timeouts = Change(before.Timeouts, after.Timeouts),
            BoxName = Change(before.BoxName, after.BoxName),
            MarkRules = Change(before.MarkRules, after.MarkRules),
            LvsSettings = Change(before.LvsSettings, after.LvsSettings),
            ConnectionLimit = Change(before.ConnectionLimit, after.ConnectionLimit),
            SourcePool = Change(before.SourcePool, after.SourcePool),
            Masquerades = Change(before.Masquerades, after.Masquerades),
        };
    }

    private static ServiceDifference CompareService(ConfigChange<VirtualServerConfig> change) =>
        new(
            change.Old,
            change.New,
            Compare<RealServerConfig, Endpoint>(
                change.Old.RealServers, change.New.RealServers, server => server.Endpoint));

    private static ConfigChange<T>? Change<T>(T before, T after) =>
        EqualityComparer<T>.Default.Equals(before, after) ? null : new(before, after);

    private static ListDifference<T> Compare<T, TKey>(
        ConfigList<T> before, ConfigList<T> after, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        Dictionary<TKey, T> old = Index(before, keyOf);
        Dictionary<TKey, T> now = Index(after, keyOf);
        return new(
            ConfigList.From(before.Where(item => !now.ContainsKey(keyOf(item)))),
            ConfigList.From(after.Where(item => !old.ContainsKey(keyOf(item)))),
            ConfigList.From(
                from item in after
                where old.TryGetValue(keyOf(item), out T? earlier)
                    && !EqualityComparer<T>.Default.Equals(earlier, item)
                select new ConfigChange<T>(old[keyOf(item)], item)));
    }

    // A valid configuration has no doubles; of a wrong one the first counts.
    private static Dictionary<TKey, T> Index<T, TKey>(
        ConfigList<T> items, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        Dictionary<TKey, T> index = new(items.Length);
        foreach (T item in items)
        {
            index.TryAdd(keyOf(item), item);
        }

        return index;
    }
}

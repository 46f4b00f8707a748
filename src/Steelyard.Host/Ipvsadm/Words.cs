using System;
using System.Collections.Immutable;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Every word of the command line, short and long.</summary>
internal enum Word : byte
{
    Unknown = 0,
    AddService,
    EditService,
    DeleteService,
    Clear,
    List,
    AddServer,
    EditServer,
    DeleteServer,
    Zero,
    Set,
    StartDaemon,
    StopDaemon,
    Restore,
    Save,
    Help,
    Version,
    TcpService,
    UdpService,
    SctpService,
    FwmarkService,
    Ipv6,
    Scheduler,
    Persistent,
    Netmask,
    PersistenceEngine,
    OnePacket,
    SchedulerFlags,
    RealServer,
    Gatewaying,
    Ipip,
    Masquerading,
    Weight,
    UpperThreshold,
    LowerThreshold,
    TunnelType,
    TunnelPort,
    TunnelNoChecksum,
    TunnelChecksum,
    TunnelRemoteChecksum,
    Connection,
    Timeout,
    Daemon,
    Stats,
    Rate,
    Thresholds,
    PersistentConnections,
    TunnelInformation,
    Exact,
    NoSort,
    Sort,
    Numeric,
    McastInterface,
    SyncId,
    SyncMaximumLength,
    McastGroup,
    McastPort,
    McastTimeToLive,
}

/// <summary>Whether a word is followed by a value.</summary>
internal enum ValueRule : byte
{
    None = 0,
    Required,

    /// <summary>Taken unless the next word begins with a dash.</summary>
    Optional,
}

/// <param name="Short">The single letter, or a zero character.</param>
internal readonly record struct WordForm(Word Word, char Short, string Long, ValueRule Value);

internal static class Words
{
    public static ImmutableArray<WordForm> All { get; } =
    [
        new(Word.AddService, 'A', "add-service", ValueRule.None),
        new(Word.EditService, 'E', "edit-service", ValueRule.None),
        new(Word.DeleteService, 'D', "delete-service", ValueRule.None),
        new(Word.Clear, 'C', "clear", ValueRule.None),
        new(Word.List, 'L', "list", ValueRule.None),
        new(Word.List, 'l', "list", ValueRule.None),
        new(Word.AddServer, 'a', "add-server", ValueRule.None),
        new(Word.EditServer, 'e', "edit-server", ValueRule.None),
        new(Word.DeleteServer, 'd', "delete-server", ValueRule.None),
        new(Word.Zero, 'Z', "zero", ValueRule.None),
        new(Word.Set, '\0', "set", ValueRule.None),
        new(Word.StartDaemon, '\0', "start-daemon", ValueRule.Required),
        new(Word.StopDaemon, '\0', "stop-daemon", ValueRule.Required),
        new(Word.Restore, 'R', "restore", ValueRule.None),
        new(Word.Save, 'S', "save", ValueRule.None),
        new(Word.Help, 'h', "help", ValueRule.None),
        new(Word.Version, 'v', "version", ValueRule.None),
        new(Word.TcpService, 't', "tcp-service", ValueRule.Required),
        new(Word.UdpService, 'u', "udp-service", ValueRule.Required),
        new(Word.SctpService, '\0', "sctp-service", ValueRule.Required),
        new(Word.FwmarkService, 'f', "fwmark-service", ValueRule.Required),
        new(Word.Ipv6, '6', "ipv6", ValueRule.None),
        new(Word.Scheduler, 's', "scheduler", ValueRule.Required),
        new(Word.Persistent, 'p', "persistent", ValueRule.Optional),
        new(Word.Netmask, 'M', "netmask", ValueRule.Required),
        new(Word.PersistenceEngine, '\0', "pe", ValueRule.Required),
        new(Word.OnePacket, 'o', "ops", ValueRule.None),
        new(Word.SchedulerFlags, 'b', "sched-flags", ValueRule.Required),
        new(Word.RealServer, 'r', "real-server", ValueRule.Required),
        new(Word.Gatewaying, 'g', "gatewaying", ValueRule.None),
        new(Word.Ipip, 'i', "ipip", ValueRule.None),
        new(Word.Masquerading, 'm', "masquerading", ValueRule.None),
        new(Word.Weight, 'w', "weight", ValueRule.Required),
        new(Word.UpperThreshold, 'x', "u-threshold", ValueRule.Required),
        new(Word.LowerThreshold, 'y', "l-threshold", ValueRule.Required),
        new(Word.TunnelType, '\0', "tun-type", ValueRule.Required),
        new(Word.TunnelPort, '\0', "tun-port", ValueRule.Required),
        new(Word.TunnelNoChecksum, '\0', "tun-nocsum", ValueRule.None),
        new(Word.TunnelChecksum, '\0', "tun-csum", ValueRule.None),
        new(Word.TunnelRemoteChecksum, '\0', "tun-remcsum", ValueRule.None),
        new(Word.Connection, 'c', "connection", ValueRule.None),
        new(Word.Timeout, '\0', "timeout", ValueRule.None),
        new(Word.Daemon, '\0', "daemon", ValueRule.None),
        new(Word.Stats, '\0', "stats", ValueRule.None),
        new(Word.Rate, '\0', "rate", ValueRule.None),
        new(Word.Thresholds, '\0', "thresholds", ValueRule.None),
        new(Word.PersistentConnections, '\0', "persistent-conn", ValueRule.None),
        new(Word.TunnelInformation, '\0', "tun-info", ValueRule.None),
        new(Word.Exact, 'X', "exact", ValueRule.None),
        new(Word.NoSort, '\0', "nosort", ValueRule.None),
        new(Word.Sort, '\0', "sort", ValueRule.None),
        new(Word.Numeric, 'n', "numeric", ValueRule.None),
        new(Word.McastInterface, '\0', "mcast-interface", ValueRule.Required),
        new(Word.SyncId, '\0', "syncid", ValueRule.Required),
        new(Word.SyncMaximumLength, '\0', "sync-maxlen", ValueRule.Required),
        new(Word.McastGroup, '\0', "mcast-group", ValueRule.Required),
        new(Word.McastPort, '\0', "mcast-port", ValueRule.Required),
        new(Word.McastTimeToLive, '\0', "mcast-ttl", ValueRule.Required),
    ];

    public static WordForm? Find(char letter)
    {
        foreach (WordForm form in All)
        {
            if (form.Short == letter && letter != '\0')
            {
                return form;
            }
        }

        return null;
    }

    public static WordForm? Find(ReadOnlySpan<char> name)
    {
        foreach (WordForm form in All)
        {
            if (name.SequenceEqual(form.Long))
            {
                return form;
            }
        }

        return null;
    }
}

using System;
using System.Collections.Immutable;

namespace Steelyard.Host.Ipvsadm;

/// <summary>What a word sets, as messages name it; several words may set the same.</summary>
[Flags]
internal enum Given : long
{
    Nothing = 0,
    Numeric = 1L << 0,
    Connection = 1L << 1,
    Service = 1L << 2,
    Scheduler = 1L << 3,
    Persistent = 1L << 4,
    Netmask = 1L << 5,
    Server = 1L << 6,
    Forward = 1L << 7,
    Weight = 1L << 8,
    UpperThreshold = 1L << 9,
    LowerThreshold = 1L << 10,
    McastInterface = 1L << 11,
    Timeout = 1L << 12,
    Daemon = 1L << 13,
    Stats = 1L << 14,
    Rate = 1L << 15,
    Thresholds = 1L << 16,
    PersistentConnections = 1L << 17,
    NoSort = 1L << 18,
    SyncId = 1L << 19,
    Exact = 1L << 20,
    OnePacket = 1L << 21,
    PersistenceEngine = 1L << 22,
    SchedulerFlags = 1L << 23,
    McastGroup = 1L << 24,
    McastPort = 1L << 25,
    McastTimeToLive = 1L << 26,
    SyncMaximumLength = 1L << 27,
    TunnelInformation = 1L << 28,
    TunnelType = 1L << 29,
    TunnelPort = 1L << 30,
    TunnelNoChecksum = 1L << 31,
    TunnelChecksum = 1L << 32,
    TunnelRemoteChecksum = 1L << 33,
}

/// <summary>Which words go with which command.</summary>
internal static class Grammar
{
    public const Given TunnelChecksums =
        Given.TunnelNoChecksum | Given.TunnelChecksum | Given.TunnelRemoteChecksum;

    private const Given ServiceWords = Given.Service | Given.Scheduler | Given.Persistent
        | Given.Netmask | Given.OnePacket | Given.PersistenceEngine | Given.SchedulerFlags;

    private const Given ServerWords = Given.Service | Given.Server | Given.Forward | Given.Weight
        | Given.UpperThreshold | Given.LowerThreshold | Given.TunnelType | Given.TunnelPort
        | TunnelChecksums;

    private const Given DaemonWords = Given.McastInterface | Given.SyncId | Given.McastGroup
        | Given.McastPort | Given.McastTimeToLive | Given.SyncMaximumLength;

    /// <summary>Of these a listing shows one.</summary>
    private const Given ListSubjects =
        Given.Connection | Given.Service | Given.Timeout | Given.Daemon;

    private const Given ListWords = ListSubjects | Given.Numeric | Given.Stats | Given.Rate
        | Given.Thresholds | Given.PersistentConnections | Given.NoSort | Given.Exact
        | Given.TunnelInformation;

    private static readonly ImmutableArray<(Given Given, string Name)> Names =
    [
        (Given.Numeric, "numeric"),
        (Given.Connection, "connection"),
        (Given.Service, "service-address"),
        (Given.Scheduler, "scheduler"),
        (Given.Persistent, "persistent"),
        (Given.Netmask, "netmask"),
        (Given.Server, "real-server"),
        (Given.Forward, "forwarding-method"),
        (Given.Weight, "weight"),
        (Given.UpperThreshold, "u-threshold"),
        (Given.LowerThreshold, "l-threshold"),
        (Given.McastInterface, "mcast-interface"),
        (Given.Timeout, "timeout"),
        (Given.Daemon, "daemon"),
        (Given.Stats, "stats"),
        (Given.Rate, "rate"),
        (Given.Thresholds, "thresholds"),
        (Given.PersistentConnections, "persistent-conn"),
        (Given.NoSort, "nosort"),
        (Given.SyncId, "syncid"),
        (Given.Exact, "exact"),
        (Given.OnePacket, "ops"),
        (Given.PersistenceEngine, "pe"),
        (Given.SchedulerFlags, "sched-flags"),
        (Given.McastGroup, "mcast-group"),
        (Given.McastPort, "mcast-port"),
        (Given.McastTimeToLive, "mcast-ttl"),
        (Given.SyncMaximumLength, "sync-maxlen"),
        (Given.TunnelInformation, "tun-info"),
        (Given.TunnelType, "tun-type"),
        (Given.TunnelPort, "tun-port"),
        (Given.TunnelNoChecksum, "tun-nocsum"),
        (Given.TunnelChecksum, "tun-csum"),
        (Given.TunnelRemoteChecksum, "tun-remcsum"),
    ];

    /// <summary>Adds what a word gives, once.</summary>
    public static Given Add(Given given, Given further) => (given & further) == 0
        ? given | further
        : throw IpvsadmException.Usage($"multiple '{NameOf(further)}' options specified");

    /// <summary>Refuses what the command does not take, and what it lacks.</summary>
    public static void Check(Word command, Given given)
    {
        (string name, Given required, Given allowed) = RulesOf(command);
        Given subject = Given.Nothing;
        foreach ((Given one, string optionName) in Names)
        {
            if ((given & one) == 0)
            {
                if ((required & one) != 0)
                {
                    throw IpvsadmException.Usage(
                        $"You need to supply the '{optionName}' option for the '{name}' command");
                }

                continue;
            }

            if ((allowed & one) == 0)
            {
                throw IpvsadmException.Usage(
                    $"Illegal '{optionName}' option with the '{name}' command");
            }

            if (command == Word.List && (ListSubjects & one) != 0)
            {
                if (subject != Given.Nothing)
                {
                    throw IpvsadmException.Usage(
                        $"The option '{optionName}' conflicts with the '{NameOf(subject)}' option"
                        + $" in the '{name}' command");
                }

                subject = one;
            }
        }
    }

    /// <summary>
    /// Refuses tunnel options that the forwarding method or the kind of tunnel has not.
    /// </summary>
    public static void CheckTunnel(string kind, Given given)
    {
        Given allowed = kind switch
        {
            "gue" => Given.TunnelPort | TunnelChecksums,
            "gre" => Given.TunnelNoChecksum | Given.TunnelChecksum,
            _ => Given.Nothing,
        };
        if (kind == "gue" && (given & Given.TunnelPort) == 0)
        {
            throw IpvsadmException.Usage(
                "You need to supply the 'tun-port' option for the 'gue' tunnel type");
        }

        Given refused = given & (Given.TunnelPort | TunnelChecksums) & ~allowed;
        Given checksums = given & TunnelChecksums;
        if (refused != 0)
        {
            throw IpvsadmException.Usage(
                $"Illegal '{NameOf(Lowest(refused))}' option with the '{kind}' tunnel type");
        }

        if (checksums != Lowest(checksums))
        {
            throw IpvsadmException.Usage(
                $"The option '{NameOf(Lowest(checksums & ~Lowest(checksums)))}' conflicts with the "
                + $"'{NameOf(Lowest(checksums))}' option in the '{kind}' tunnel type");
        }
    }

    private static (string Name, Given Required, Given Allowed) RulesOf(Word command) =>
        command switch
        {
            Word.AddService => ("add-service", Given.Service, ServiceWords),
            Word.EditService => ("edit-service", Given.Service, ServiceWords),
            Word.DeleteService => ("delete-service", Given.Service, Given.Service),
            Word.Clear => ("flush", Given.Nothing, Given.Nothing),
            Word.List => ("list", Given.Nothing, ListWords),
            Word.AddServer => ("add-server", Given.Service | Given.Server, ServerWords),
            Word.EditServer => ("edit-server", Given.Service | Given.Server, ServerWords),
            Word.DeleteServer => (
                "delete-server", Given.Service | Given.Server, Given.Service | Given.Server),
            Word.Set => ("set", Given.Nothing, Given.Nothing),
            Word.StartDaemon => ("start-daemon", Given.Nothing, DaemonWords),
            Word.StopDaemon => ("stop-daemon", Given.Nothing, Given.SyncId),
            Word.Restore => ("restore", Given.Nothing, Given.Nothing),
            Word.Save => ("save", Given.Nothing, Given.Numeric),
            Word.Zero => ("zero", Given.Nothing, Given.Service),
            _ => throw IpvsadmException.TryHelp(),
        };

    private static string NameOf(Given given)
    {
        foreach ((Given one, string name) in Names)
        {
            if (one == given)
            {
                return name;
            }
        }

        return given.ToString();
    }

    private static Given Lowest(Given given) => unchecked(given & (Given)(-(long)given));
}

using System;
using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// What <c>global_defs</c> says for the whole box and as default for virtual routers.
/// </summary>
internal sealed class GlobalBinding(ValueReader values)
{
    // What a table of connections can number.
    private const int MaximumConnections = 1 << 28;

    private static readonly string[] SyncWords = ["inst", "id", "maxlen", "port", "ttl", "group"];

    private Statement? _syncStatement;

    public string? BoxName { get; private set; }

    public int RouterVersion { get; private set; } = 2;

    public TimeSpan GratuitousArpDelay { get; private set; } = TimeSpan.FromSeconds(5);

    public int GratuitousArpRepeat { get; private set; } = 5;

    public bool ChecksumsPseudoHeader { get; private set; } = true;

    public TimeoutsConfig Timeouts { get; private set; } = new();

    public int? ConnectionLimit { get; private set; }

    /// <summary>Where the sync channel is asked for; null where it is not.</summary>
    public SourcePosition? SyncPosition => _syncStatement?.Position;

    public void Bind(IReadOnlyList<Statement> statements)
    {
        BlockScope scope = new("global_defs", values.Faults);
        foreach (Statement statement in statements)
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "router_id":
                    BindRouterId(statement);
                    break;
                case "vrrp_version":
                    RouterVersion = values.Number(statement, 2, 3) ?? RouterVersion;
                    break;
                case "vrrp_garp_master_delay":
                    GratuitousArpDelay = values.Seconds(statement, 0, 3600) ?? GratuitousArpDelay;
                    break;
                case "vrrp_garp_master_repeat":
                    GratuitousArpRepeat = values.Number(statement, 1, 100) ?? GratuitousArpRepeat;
                    break;
                case "vrrp_min_garp":
                    BindMinimum(statement);
                    break;
                case "v3_checksum_as_v2":
                    ChecksumsPseudoHeader = !values.Flag(statement);
                    break;
                case "lvs_timeouts":
                    BindTimeouts(statement);
                    break;
                case "connection_limit":
                    ConnectionLimit = values.Number(statement, 1, MaximumConnections);
                    break;
                case "lvs_sync_daemon":
                    _syncStatement = statement;
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }
    }

    /// <summary>After the virtual routers, for the sync daemon may name one.</summary>
    public SyncConfig? BindSync(
        IReadOnlyList<VirtualRouterConfig> routers, IReadOnlySet<string> names)
    {
        if (_syncStatement is not { } statement)
        {
            return null;
        }

        if (!statement.HasArguments)
        {
            values.Faults.Error(statement.Position, "'lvs_sync_daemon' needs an interface");
            return null;
        }

        SyncConfig? sync = values.Interface(statement.Arguments[0]) is string name
            ? new SyncConfig(name, 0)
            : null;
        int? syncId = null;
        for (int index = 1; sync is not null && index < statement.Arguments.Count; index++)
        {
            Word word = statement.Arguments[index];
            bool isInstance = index == 1 && Array.IndexOf(SyncWords, word.Text) < 0;
            if (isInstance)
            {
                sync = sync with { VirtualRouter = FindRouter(word, names) };
                continue;
            }

            if (values.OneOf(word, "a word of lvs_sync_daemon", SyncWords) is not string known)
            {
                return null;
            }

            index++;
            if (index == statement.Arguments.Count)
            {
                values.Faults.Error(word.Position, $"'{known}' needs a value");
                return null;
            }

            Word value = statement.Arguments[index];
            sync = known switch
            {
                "inst" => sync with { VirtualRouter = FindRouter(value, names) },
                "maxlen" => RefuseLength(word, sync),
                "port" => sync with { Port = values.Port(value) ?? sync.Port },
                "ttl" => sync with
                {
                    TimeToLive = (byte)(values.Number(value, "ttl", 1, 255) ?? 1),
                },
                "group" => sync with { Group = Group(value) ?? sync.Group },
                _ => sync,
            };
            syncId = known == "id" ? values.Number(value, "id", 0, 255) : syncId;
        }

        return sync is null ? null : sync with { SyncId = (byte)(syncId ?? Vrid(sync, routers)) };
    }

    /// <summary>One announcement, and none later.</summary>
    private void BindMinimum(Statement statement)
    {
        if (values.Flag(statement))
        {
            GratuitousArpRepeat = 1;
            GratuitousArpDelay = TimeSpan.Zero;
        }
    }

    private void BindRouterId(Statement statement)
    {
        if (values.Name(statement) is not Word word)
        {
            return;
        }

        if (word.Text.AsSpan().ContainsAny("/+#"))
        {
            values.Faults.Error(
                word.Position,
                "router_id names the box in MQTT topics: it has no '/', '+', '#'");
            return;
        }

        BoxName = word.Text;
    }

    private void BindTimeouts(Statement statement)
    {
        // Longest that the kernel's ipvsadm takes: 31 days.
        const int Maximum = 2_678_400;
        if (!statement.HasArguments)
        {
            values.Faults.Error(
                statement.Position, "'lvs_timeouts' needs tcp, tcpfin or udp with seconds");
        }

        for (int index = 0; index < statement.Arguments.Count; index += 2)
        {
            Word word = statement.Arguments[index];
            if (values.OneOf(word, "a timeout", ["tcp", "tcpfin", "udp"]) is not string kind)
            {
                return;
            }

            if (index + 1 == statement.Arguments.Count)
            {
                values.Faults.Error(word.Position, $"'{kind}' needs a number of seconds");
                return;
            }

            TimeSpan? time = values.Seconds(statement.Arguments[index + 1], kind, 1, Maximum);
            Timeouts = kind switch
            {
                "tcp" => Timeouts with { Tcp = time },
                "tcpfin" => Timeouts with { TcpFin = time },
                _ => Timeouts with { Udp = time },
            };
        }
    }

    private SyncConfig RefuseLength(Word word, SyncConfig sync)
    {
        values.Faults.Error(word.Position, "'maxlen' is not supported yet");
        return sync;
    }

    private string? FindRouter(Word word, IReadOnlySet<string> names)
    {
        if (names.Contains(word.Text))
        {
            return word.Text;
        }

        values.Faults.Error(
            word.Position, $"no vrrp_instance is called '{Shown.Text(word.Text)}'");
        return null;
    }

    private IpAddress? Group(Word word)
    {
        if (values.Ipv4Address(word) is not IpAddress address)
        {
            return null;
        }

        if (!address.IsMulticast)
        {
            values.Faults.Error(word.Position, $"{address} is not a multicast group");
            return null;
        }

        return address;
    }

    private static int Vrid(SyncConfig sync, IReadOnlyList<VirtualRouterConfig> routers)
    {
        foreach (VirtualRouterConfig router in routers)
        {
            if (router.Name == sync.VirtualRouter)
            {
                return router.VirtualRouterId;
            }
        }

        return 0;
    }
}

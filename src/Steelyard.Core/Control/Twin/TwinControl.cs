using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Sync;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control.Twin;

/// <summary>
/// The twin: its life, its connections, and the handovers between it and us. Without a sync
/// channel there is none.
/// </summary>
internal sealed class TwinControl(
    Engine engine,
    IControlEffects effects,
    RouterControl routers,
    string boxName,
    SeededChance chance)
    : ITwinEffects
{
    private static readonly TimeSpan SlowestAdvert = TimeSpan.FromSeconds(1);

    /// <summary>Connections that begin while the others are listed.</summary>
    private const int CollectionMargin = 1024;

    /// <summary>Ten full messages: what a twin's socket takes at once with ease.</summary>
    private const int BatchLength = 380;

    /// <summary>The longest handover, and what was on its way when it ended.</summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(250);

    private readonly List<ConnectionRecord> _learnt = [];
    private readonly TwinNews _news = new(effects);
    private Instant _hurriesUntil;
    private ConnectionRecord[] _collected = [];
    private SyncConfig? _config;
    private SyncGuard? _guard;
    private bool _takesRecords;
    private TwinLink? _link;
    private ConnectionReplica? _replica;

    /// <summary>Set while a person works on this box: it takes nothing over.</summary>
    public bool RefusesOffice { get; set; }

    /// <summary>Called when a handover that was asked for has ended; null means done.</summary>
    public required Action<SyncGroup, string?, Instant> OnHandOverEnded { get; init; }

    /// <summary>Where this box's dashboard is, for who looks at the twin's.</summary>
    public Func<TwinPage?> FindPage { get; init; } = () => null;

    /// <summary>False after a command that stopped it, until the next reload.</summary>
    public bool TellsConnections { get; set; } = true;

    /// <summary>False after a command that stopped it, until the next reload.</summary>
    public bool LearnsConnections { get; set; } = true;

    public bool IsAlive => _link?.IsAlive ?? false;

    public bool CanTakeOver => _link is not null && _link.FindObstacle() is null;

    public string Name => _link?.Twin?.BoxName ?? string.Empty;

    /// <summary>The box should have a twin, and hears none.</summary>
    public bool IsMissed => _link is { IsAlive: false };

    public TwinStatus Status => new(IsAlive, Name)
    {
        CanTakeOver = CanTakeOver,
        Missed = IsMissed,
        Secured = _guard is { HasKeys: true },
        Refused = _news.Refused,
        Dashboard = _link?.Twin?.Page?.ToString() ?? string.Empty,
    };

    public bool IsLearning => _link?.IsLearning ?? false;

    public Instant Deadline => Instant.Earlier(
        _link?.Deadline ?? Instant.Never, _replica?.Deadline ?? Instant.Never);

    public void Configure(ApplianceConfig config, Instant now)
    {
        if (config.Sync == _config)
        {
            _guard?.UseKeys([.. config.SyncKeys]);
            return;
        }

        Stop();
        _config = config.Sync;
        if (_config is null)
        {
            // Who has no twin learns nothing, and waits for nothing.
            routers.HoldPreemption(Instant.Zero);
            return;
        }

        TimeSpan interval = config.VirtualRouters.IsEmpty
            ? SlowestAdvert
            : config.VirtualRouters.Min(router => router.AdvertisementInterval);
        _link = new TwinLink(chance.NextBits() | 1, _config.SyncId, interval, this);
        _guard = new SyncGuard(
            _config.SyncId,
            _link.Interval,
            chance.Fork(),
            new SyncWire(effects),
            _news.OnRefusal);
        _guard.UseKeys([.. config.SyncKeys]);
        _replica = new ConnectionReplica(_config.SyncId, this);
        _link.Start(now);
        routers.HoldPreemption(Instant.Never);
    }

    /// <summary>Says goodbye.</summary>
    public void Stop()
    {
        _replica?.Flush();
        _link?.Stop();
        _link = null;
        _replica = null;
        _guard = null;
    }

    public void OnDatagram(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (_link is not TwinLink link || _guard is not SyncGuard guard)
        {
            return;
        }

        long sessions = guard.Sessions;
        (long malformed, long tooOften) = (link.Malformed, link.TooOften);
        _takesRecords = TakesRecords(now);
        if (guard.TryOpen(datagram, now, out ReadOnlySpan<byte> said))
        {
            link.OnDatagram(said, now);
        }
        else if (guard.Sessions != sessions)
        {
            link.SayHello(now);
        }

        if (link.Malformed != malformed)
        {
            _news.OnRefusal(SyncRefusal.Malformed, now);
        }

        if (link.TooOften != tooOften)
        {
            _news.OnRefusal(SyncRefusal.TooOften, now);
        }

        PassLearnt(now);
        Turns.Say(routers.Routers, _link is { IsAlive: true } ? _link.Twin : null);
    }

    /// <summary>What a person should know as long as it is so.</summary>
    public string[] Standing(ApplianceConfig config, bool hasDaemon, Instant now) =>
        _news.Standing(config, hasDaemon, now);

    /// <summary>
    /// A connection of ours has changed. While an office changes hands the twin hears of it at
    /// once: the connection's next packet may reach the twin.
    /// </summary>
    public void OnConnection(in ConnectionRecord record, Instant now)
    {
        if (!TellsConnections)
        {
            return;
        }

        _replica?.Add(record, now);
        if (now < _hurriesUntil)
        {
            _replica?.Flush();
        }
    }

    public void OnDeadline(Instant now)
    {
        _link?.OnDeadline(now);
        _replica?.OnDeadline(now);
        Turns.Say(routers.Routers, _link is { IsAlive: true } ? _link.Twin : null);
    }

    /// <summary>Roles have changed: the twin hears of it now.</summary>
    public void OnRole(Instant now) => _link?.SayHello(now);

    /// <summary>
    /// Gives a group to the twin, make before break. Null when begun, else why not.
    /// </summary>
    public string? HandOver(SyncGroup group, Instant now)
    {
        if (_link is null)
        {
            return "no sync channel to a twin (lvs_sync_daemon)";
        }

        if (_link.FindObstacle() is string obstacle)
        {
            return obstacle;
        }

        if (!group.HandOver(now))
        {
            return $"{group.Name} is not MASTER here";
        }

        _hurriesUntil = now + Hurry;
        _replica!.Flush();
        string? refusal = _link.RequestHandOver(group.Name, [.. group.VirtualRouterIds()], now);
        if (refusal is not null)
        {
            group.CancelHandOver();
        }

        return refusal;
    }

    /// <summary>Asks the twin for a group. Null when asked, else why not.</summary>
    public string? Wish(SyncGroup group, Instant now) => _link is null
        ? "no sync channel to a twin (lvs_sync_daemon)"
        : _link.WishHandOver(group.Name, [.. group.VirtualRouterIds()], now);

    /// <summary>
    /// The connections that were asked for, all at once; the twin gets them in batches.
    /// </summary>
    public void OnCollected(ReadOnlySpan<ConnectionRecord> records, bool isWhole, Instant now)
    {
        if (!isWhole && _link?.TryCollectAgain(now) == true)
        {
            return;
        }

        _collected = records.ToArray();
        GiveBatch(0, now);
    }

    void ISyncChannel.SendToTwin(ReadOnlySpan<byte> datagram) => _guard?.Send(datagram);

    TwinHello ITwinEffects.Describe() => new(
        boxName,
        !RefusesOffice && routers.Groups.All(group => group.IsAble),
        [.. routers.Routers.Select(router => new TwinRole(
            router.Config.VirtualRouterId, router.State, router.Priority))])
    {
        Page = FindPage(),
    };

    void ITwinEffects.OnTwinFound(TwinHello twin, Instant now) => _news.Tell(
        "found",
        EventSeverity.Information,
        twin.BoxName,
        $"the twin {twin.BoxName} is there",
        now);

    void ITwinEffects.OnTwinLost(string why, Instant now) => _news.Tell(
        "lost", EventSeverity.Warning, Name, $"the twin {Name} is lost: {why}", now);

    void ITwinEffects.OnTwinConnection(in ConnectionRecord connection, Instant now)
    {
        if (!_takesRecords)
        {
            _news.OnRefusal(SyncRefusal.NotAsked, now);
        }
        else if (LearnsConnections)
        {
            _learnt.Add(connection);
        }
    }

    string? ITwinEffects.TakeOver(
        string group, ReadOnlySpan<byte> virtualRouterIds, Instant now)
    {
        PassLearnt(now);
        if (RefusesOffice)
        {
            return $"{boxName} is in maintenance";
        }

        return Find(group, virtualRouterIds) is not SyncGroup own ? $"{boxName} has no {group}"
            : own.TakeOver(now) ? null
            : $"{own.Name} is not BACKUP on {boxName}";
    }

    string? ITwinEffects.HandOver(
        string group, ReadOnlySpan<byte> virtualRouterIds, Instant now) =>
        Find(group, virtualRouterIds) is SyncGroup own
            ? HandOver(own, now)
            : $"{boxName} has no {group}";

    void ITwinEffects.OnHandOverAnswered(string group, string? refusal, Instant now)
    {
        if (Find(group, []) is not SyncGroup own)
        {
            return;
        }

        if (refusal is not null)
        {
            own.CancelHandOver();
        }

        OnHandOverEnded(own, refusal, now);
    }

    void ITwinEffects.CollectConnections(long cursor, Instant now)
    {
        if (!TellsConnections)
        {
            _link?.OnConnections([], cursor, isLast: true, now);
        }
        else if (cursor == 0)
        {
            effects.CollectConnections(engine.Counters.Connections + CollectionMargin);
        }
        else
        {
            GiveBatch((int)cursor, now);
        }
    }

    void ITwinEffects.OnLearnt(bool isComplete, long connections, Instant now)
    {
        PassLearnt(now);
        routers.HoldPreemption(Instant.Zero);
        EventSeverity severity = isComplete || connections == 0
            ? EventSeverity.Information : EventSeverity.Warning;
        string sentence = isComplete ? $"learnt {connections} connections"
            : connections > 0 ? $"learnt {connections} connections, and not all that the twin has"
            : "no twin told its connections";
        _news.Tell("learnt", severity, Name, sentence, now);
        OnRole(now);
    }

    void ITwinEffects.OnTwinNotice(string sentence, Instant now) =>
        _news.Tell("notice", EventSeverity.Warning, Name, sentence, now);

    /// <summary>
    /// A box that is MASTER for everything has nothing to learn, whoever says it. Only while the
    /// office changes hands the last one in it still knows more.
    /// </summary>
    private bool TakesRecords(Instant now) => ChangesHands(now)
        || routers.Routers.Count == 0
        || routers.Routers.Any(router => router.State != VirtualRouterState.Master);

    private bool ChangesHands(Instant now) => routers.IsHandingOver || routers.Routers.Any(
        router => router.State == VirtualRouterState.Master && now - router.Since < Hurry);

    private void GiveBatch(int from, Instant now)
    {
        from = Math.Min(from, _collected.Length); // a newer collection may be shorter
        int count = Math.Min(BatchLength, _collected.Length - from);
        int next = from + count;
        bool isLast = next == _collected.Length;
        _link?.OnConnections(_collected.AsSpan(from, count), next, isLast, now);
        if (isLast)
        {
            _collected = [];
        }
    }

    /// <summary>Records that came together go to the engine together.</summary>
    private void PassLearnt(Instant now)
    {
        if (_learnt.Count > 0)
        {
            _ = effects.TryCommand(new LearnConnections(_learnt.ToArray(), ChangesHands(now)));
            _learnt.Clear();
        }
    }

    /// <summary>
    /// The twin's group of that name; else the only one of these VRIDs, which two routers may
    /// share on different interfaces.
    /// </summary>
    private SyncGroup? Find(string name, ReadOnlySpan<byte> virtualRouterIds)
    {
        SyncGroup? named = routers.Groups.FirstOrDefault(group => group.Name == name);
        if (named is not null)
        {
            return named;
        }

        byte[] wanted = virtualRouterIds.ToArray();
        SyncGroup[] alike =
            [.. routers.Groups.Where(group => group.VirtualRouterIds().SequenceEqual(wanted))];
        return alike is [SyncGroup only] ? only : null;
    }
}

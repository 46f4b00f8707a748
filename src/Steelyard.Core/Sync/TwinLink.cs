using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>
/// The conversation with the twin over the sync channel: whether it lives and what it can do, the
/// connections it has, and who takes over from whom. Losses, duplicates and reordering of
/// datagrams are expected; <see cref="TwinMessage"/> describes the messages.
/// </summary>
public sealed class TwinLink
{
    private const int LostAfterIntervals = 3;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(1);

    private readonly ITwinEffects _effects;

    // Each new twin costs both boxes a whole conversation: no more often than boxes can start.
    private readonly TokenBucket _arrivals = new(TimeSpan.FromSeconds(1), 4);
    private readonly TwinVoice _voice;
    private readonly HandOverTalk _handOver;
    private readonly BulkTalk _bulk;
    private readonly TimeSpan _interval;
    private Instant _helloAt = Instant.Never;
    private Instant _lostAt = Instant.Never;
    private string? _strangerName;

    /// <param name="bootId">Drawn anew at every start, and not 0.</param>
    /// <param name="syncId">Ours; 0 takes messages of every id.</param>
    /// <param name="advertisementInterval">The shortest of the box's virtual routers.</param>
    public TwinLink(
        ulong bootId, byte syncId, TimeSpan advertisementInterval, ITwinEffects effects)
    {
        _effects = effects;
        _voice = new(bootId, syncId, effects);
        _handOver = new(_voice, effects);
        _bulk = new(_voice, effects);
        _interval = advertisementInterval < ShortestInterval ? ShortestInterval
            : advertisementInterval > LongestInterval ? LongestInterval
            : advertisementInterval;
    }

    /// <summary>From one hello to the next.</summary>
    public TimeSpan Interval => _interval;

    /// <summary>A word from the twin came within its time.</summary>
    public bool IsAlive => _lostAt != Instant.Never;

    /// <summary>What the twin said of itself last; null if it never spoke.</summary>
    public TwinHello? Twin { get; private set; }

    /// <summary>The box does not know yet what its twin knows, and does not preempt it.</summary>
    public bool IsLearning => _bulk.IsLearning;

    /// <summary>Datagrams that were neither ours nor the kernel's, or malformed.</summary>
    public long Malformed { get; private set; }

    /// <summary>Records that are no connections of ours, such as templates.</summary>
    public long Unusable { get; private set; }

    /// <summary>Twins that were found again too soon, and what they asked for too often.</summary>
    public long TooOften
    {
        get => field + _bulk.TooOften;
        private set;
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Instant Deadline => Instant.Earlier(
        Instant.Earlier(_helloAt, _lostAt),
        Instant.Earlier(_handOver.Deadline, _bulk.Deadline));

    /// <summary>
    /// Begins to speak. Until the twin has told what it knows, or nobody has answered, the box is
    /// <see cref="IsLearning"/>.
    /// </summary>
    public void Start(Instant now)
    {
        _bulk.Expect(now + (_interval * LostAfterIntervals));
        SayHello(now);
    }

    /// <summary>Says goodbye: the twin need not wait for the silence.</summary>
    public void Stop()
    {
        _helloAt = Instant.Never;
        _lostAt = Instant.Never;
        _voice.Hello(_effects.Describe(), false, true, IntervalMilliseconds());
    }

    /// <summary>Something the box says of itself has changed: says it now.</summary>
    public void SayHello(Instant now)
    {
        _helloAt = now + _interval;
        TwinHello self = _effects.Describe();
        _voice.Hello(self, self.CanTakeOver && !IsLearning, false, IntervalMilliseconds());
    }

    /// <summary>
    /// Asks the twin to take a group's place. The box is handing over already, and all records
    /// have been sent: what the twin does not know by now it will not know when it takes over.
    /// </summary>
    /// <returns>Null when asked, else why not.</returns>
    public string? RequestHandOver(
        string group, ImmutableArray<byte> virtualRouterIds, Instant now)
    {
        if (FindObstacle() is string obstacle)
        {
            return obstacle;
        }

        return _handOver.Begin(TwinMessageKind.HandOverRequest, group, virtualRouterIds, now)
            ? null
            : "too many handovers at once";
    }

    /// <summary>Asks the twin, MASTER, to hand a group over to us.</summary>
    /// <returns>Null when asked, else why not.</returns>
    public string? WishHandOver(string group, ImmutableArray<byte> virtualRouterIds, Instant now)
    {
        if (!IsAlive)
        {
            return "no living twin";
        }

        return IsLearning ? "the twin's connections are not known yet"
            : _handOver.Begin(TwinMessageKind.HandOverWish, group, virtualRouterIds, now) ? null
            : "too many handovers at once";
    }

    /// <summary>Why the twin cannot take over now; null when it can.</summary>
    public string? FindObstacle() =>
        !IsAlive ? "no living twin"
        : Twin is { CanTakeOver: false } ? $"the twin {Twin.BoxName} cannot take over"
        : null;

    /// <summary>A datagram came in over the sync channel: ours, or the kernel's protocol.</summary>
    public void OnDatagram(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (TwinMessage.IsOurs(datagram))
        {
            if (TwinMessage.TryParse(datagram, out TwinMessage message))
            {
                OnMessage(message, now);
            }
            else
            {
                Malformed++;
            }
        }
        else if (SyncMessage.TryParse(datagram, _voice.SyncId, out SyncMessage sync, out _))
        {
            SyncMessage.Enumerator entries = sync.GetEnumerator();
            while (entries.MoveNext())
            {
                OnEntry(entries.Current, entries.Engine, now);
            }
        }
        else
        {
            Malformed++;
        }
    }

    public void OnDeadline(Instant now)
    {
        if (now >= _lostAt)
        {
            Lose($"no word for {LostAfterIntervals} intervals", now);
        }

        if (now >= _helloAt)
        {
            SayHello(now);
        }

        _handOver.OnDeadline(now);
        _bulk.OnDeadline(now);
    }

    /// <summary>What <see cref="ITwinEffects.CollectConnections"/> wanted.</summary>
    /// <param name="nextCursor">Where the next batch begins.</param>
    public void OnConnections(
        ReadOnlySpan<ConnectionRecord> batch, long nextCursor, bool isLast, Instant now) =>
        _bulk.Give(batch, nextCursor, isLast, now);

    /// <summary>
    /// The connections could not be listed whole. True when they will be asked for again, or
    /// nobody wants them any more; false when the twin is to get those that there are, and will
    /// hear that they are not all.
    /// </summary>
    public bool TryCollectAgain(Instant now) => _bulk.TryCollectAgain(now);

    private void OnEntry(in SyncEntry entry, SyncEngine engine, Instant now)
    {
        if (SyncRecords.TryToRecord(entry, engine, out ConnectionRecord record))
        {
            _effects.OnTwinConnection(record, now);
        }
        else
        {
            Unusable++;
        }

        _bulk.OnRecord(now);
    }

    private void OnMessage(in TwinMessage message, Instant now)
    {
        bool isForOthers = message.BootId == _voice.BootId
            || (_voice.SyncId != 0 && message.SyncId != _voice.SyncId)
            || (message.AddresseeBootId != 0 && message.AddresseeBootId != _voice.BootId);
        if (isForOthers)
        {
            return;
        }

        if (message.Kind == TwinMessageKind.Hello)
        {
            OnHello(message, now);
            return;
        }

        if (message.BootId != _voice.TwinBootId || !IsAlive)
        {
            return;
        }

        switch (message.Kind)
        {
            case TwinMessageKind.HandOverRequest:
            case TwinMessageKind.HandOverWish:
                _handOver.OnQuestion(message, now);
                break;
            case TwinMessageKind.HandOverAnswer:
                _handOver.OnAnswer(message, now);
                break;
            case TwinMessageKind.BulkRequest:
                _bulk.OnRequest(message, now);
                break;
            case TwinMessageKind.BulkEnd:
                _bulk.OnEnd(message, now);
                break;
        }
    }

    private void OnHello(in TwinMessage message, Instant now)
    {
        bool isSameBoot = message.BootId == _voice.TwinBootId;
        if (IsAlive && !isSameBoot && message.Text != Twin?.BoxName)
        {
            ReportStranger(message.Text, now);
            return;
        }

        if ((message.Flags & TwinMessage.Leaving) != 0)
        {
            if (IsAlive && isSameBoot)
            {
                Lose("it said goodbye", now);
            }

            return;
        }

        bool isArrival = !IsAlive || !isSameBoot;
        if (isArrival && !_arrivals.TrySpend(now))
        {
            TooOften++;
            return;
        }

        if (IsAlive && !isSameBoot)
        {
            Lose("it has started anew", now);
        }

        bool isNew = !IsAlive;
        _voice.TwinBootId = message.BootId;
        _lostAt = now
            + (TimeSpan.FromMilliseconds(message.IntervalMilliseconds) * LostAfterIntervals);
        bool canTakeOver = (message.Flags & TwinMessage.CanTakeOver) != 0;
        Twin = new(message.Text, canTakeOver, message.Roles) { Page = message.Page };
        if (isNew)
        {
            _effects.OnTwinFound(Twin, now);
            SayHello(now); // It waits for our word as we waited for its.
            BeginLearning(now);
        }
    }

    /// <summary>
    /// What a MASTER knows is truer than what its twin knows; any other box asks, also after a
    /// silence, in which it may have missed records.
    /// </summary>
    private void BeginLearning(Instant now)
    {
        bool isMaster = _effects.Describe().Roles
            .Any(role => role.State == VirtualRouterState.Master);
        if (IsLearning || !isMaster)
        {
            _bulk.Begin(now);
        }
    }

    private void Lose(string why, Instant now)
    {
        _lostAt = Instant.Never;
        _handOver.OnTwinLost(now);
        _bulk.OnTwinLost(now);
        _effects.OnTwinLost(why, now);
    }

    private void ReportStranger(string name, Instant now)
    {
        if (_strangerName != name)
        {
            _strangerName = name;
            _effects.OnTwinNotice(
                $"{name} speaks on the sync channel too; the twin is {Twin?.BoxName}", now);
        }
    }

    private ushort IntervalMilliseconds() =>
        (ushort)(_interval.Ticks / TimeSpan.TicksPerMillisecond);
}

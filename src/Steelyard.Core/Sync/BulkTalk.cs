using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>
/// The part of the conversation in which a box that knows no connections yet asks for all of
/// them. They come as messages of the kernel's protocol, a batch at a time, and then their end.
/// </summary>
internal sealed class BulkTalk(TwinVoice voice, ITwinEffects effects)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a box waits for the next record, before it does without.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    /// <summary>
    /// And for all of them: 380 records a millisecond are 3.8 M in ten seconds.
    /// </summary>
    private static readonly TimeSpan LongestLearning = TimeSpan.FromSeconds(10);

    /// <summary>Between two batches, so that live records and adverts are not held up.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// A listing that failed is taken again, several times before the asker gives up.
    /// </summary>
    private static readonly TimeSpan CollectAgainAfter = TimeSpan.FromMilliseconds(100);

    private const int MostCollections = 8;

    // Each listing walks the whole table.
    private readonly TokenBucket _requests = new(TimeSpan.FromSeconds(1), 4);
    private readonly byte[] _datagram = new byte[ConnectionReplica.MaximumLength];

    private uint _askSequence;
    private Instant _learnUntil = Instant.Never;
    private Instant _learnAtMostUntil = Instant.Never;
    private Instant _askAt = Instant.Never;
    private long _learnt;

    private ulong _giveBootId;
    private uint _giveSequence;
    private uint _given;
    private int _collections;
    private bool _isCut;
    private long _cursor;
    private bool _giving;
    private Instant _giveAt = Instant.Never;

    /// <summary>The box waits for its twin's connections.</summary>
    public bool IsLearning { get; private set; }

    /// <summary>Listings that were asked for too soon after others.</summary>
    public long TooOften { get; private set; }

    public Instant Deadline => Instant.Earlier(_giveAt, Instant.Earlier(_askAt, _learnUntil));

    /// <summary>The box has started: it waits until then for its twin to be heard.</summary>
    public void Expect(Instant until)
    {
        IsLearning = true;
        _learnt = 0;
        _learnUntil = until;
    }

    /// <summary>The twin is there: asks it.</summary>
    public void Begin(Instant now)
    {
        IsLearning = true;
        _learnt = 0;
        _askSequence++;
        _learnUntil = now + LongestSilence;
        _learnAtMostUntil = now + LongestLearning;
        Ask(now);
    }

    public void OnDeadline(Instant now)
    {
        if (now >= _learnUntil)
        {
            End(false, now);
        }

        if (now >= _askAt)
        {
            Ask(now);
        }

        if (now >= _giveAt)
        {
            _giveAt = Instant.Never;
            effects.CollectConnections(_cursor, now);
        }
    }

    /// <summary>As long as records come, it is worth waiting for the rest.</summary>
    public void OnRecord(Instant now)
    {
        if (!IsLearning)
        {
            return;
        }

        _learnt++;
        if (_askAt != Instant.Never)
        {
            _learnUntil = Instant.Earlier(now + LongestSilence, _learnAtMostUntil);
        }
    }

    public void OnRequest(in TwinMessage message, Instant now)
    {
        bool isKnown = message.BootId == _giveBootId && message.Sequence == _giveSequence;
        if (!isKnown && !_requests.TrySpend(now))
        {
            TooOften++; // the asker repeats itself
        }
        else if (!isKnown)
        {
            _giveBootId = message.BootId;
            _giveSequence = message.Sequence;
            _given = 0;
            _collections = 1;
            _isCut = false;
            _cursor = 0;
            _giving = true;
            _giveAt = now;
            OnDeadline(now);
        }
        else if (!_giving)
        {
            SayEnd();
        }
    }

    public void OnEnd(in TwinMessage message, Instant now)
    {
        if (IsLearning && message.Sequence == _askSequence)
        {
            End(_learnt >= message.Records, now);
        }
    }

    public void OnTwinLost(Instant now)
    {
        _giving = false;
        _giveAt = Instant.Never;
        _giveBootId = 0;
        if (IsLearning)
        {
            End(false, now);
        }
    }

    /// <summary>The listing was not whole: true when nobody needs it as it is.</summary>
    public bool TryCollectAgain(Instant now)
    {
        if (!_giving)
        {
            return true;
        }

        if (_collections == MostCollections)
        {
            _isCut = true;
            return false;
        }

        _collections++;
        _cursor = 0;
        _giveAt = now + CollectAgainAfter;
        return true;
    }

    /// <summary>A batch that was collected at our wish.</summary>
    public void Give(
        ReadOnlySpan<ConnectionRecord> batch, long nextCursor, bool isLast, Instant now)
    {
        if (!_giving)
        {
            return;
        }

        int length = SyncMessage.Begin(_datagram, voice.SyncId);
        foreach (ref readonly ConnectionRecord record in batch)
        {
            if (!SyncRecords.TryAppend(_datagram, ref length, record, out bool isTold))
            {
                effects.SendToTwin(_datagram.AsSpan(0, length));
                length = SyncMessage.Begin(_datagram, voice.SyncId);
                _ = SyncRecords.TryAppend(_datagram, ref length, record, out isTold);
            }

            _given += isTold ? 1u : 0;
        }

        if (length > SyncMessage.HeaderLength)
        {
            effects.SendToTwin(_datagram.AsSpan(0, length));
        }

        _cursor = nextCursor;
        if (isLast)
        {
            _giving = false;
            _giveAt = Instant.Never;
            SayEnd();
        }
        else
        {
            _giveAt = now + Pace;
        }
    }

    private void Ask(Instant now)
    {
        _askAt = now + RetryAfter;
        voice.Say(TwinMessageKind.BulkRequest, _askSequence);
    }

    /// <summary>After a listing that was cut the asker must not believe that it has all.</summary>
    private void SayEnd() => voice.Say(
        TwinMessageKind.BulkEnd, _giveSequence, records: _isCut ? uint.MaxValue : _given);

    private void End(bool isComplete, Instant now)
    {
        IsLearning = false;
        _learnUntil = Instant.Never;
        _askAt = Instant.Never;
        effects.OnLearnt(isComplete, _learnt, now);
    }
}

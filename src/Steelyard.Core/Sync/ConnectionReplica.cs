using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>
/// Tells the twin what became of connections, in messages of the kernel's sync protocol. Unlike
/// the kernel it tells of half-open connections too, and after 2 ms instead of 2 s, so that a
/// planned failover fails no request.
/// </summary>
/// <remarks>
/// Messages leave when full, or when the oldest record has waited for 2 ms. Above the pace
/// records queue; when the queue is full the oldest is dropped and counted.
/// </remarks>
public sealed class ConnectionReplica
{
    /// <summary>
    /// Of a message, in bytes: leaves room for IP, UDP and a tunnel in an Ethernet frame.
    /// </summary>
    public const int MaximumLength = 1400;

    // 38 entries of 36 bytes fill a message: 4,096 are 108 messages, 20 ms of 200,000 changes/s.
    private const int Capacity = 4096;

    // 32 messages of 38 records in 1 ms are 1.2 million changes/s and 360 Mbit/s.
    private const int MessagesPerTick = 32;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly byte _syncId;
    private readonly ISyncChannel _channel;
    private readonly Waiting[] _ring = new Waiting[Capacity];
    private readonly byte[] _datagram;
    private readonly int _maximumLength;
    private readonly int _fullMessage;
    private int _first;
    private int _count;
    private Instant _flushAt = Instant.Never;
    private Instant _tickEnd;
    private int _leftInTick = MessagesPerTick;

    /// <param name="maximumLength">
    /// Bytes of a message with more than one entry; a single entry is never cut.
    /// </param>
    public ConnectionReplica(
        byte syncId, ISyncChannel channel, int maximumLength = MaximumLength)
    {
        _syncId = syncId;
        _channel = channel;
        _maximumLength = maximumLength;
        _datagram = new byte[Math.Max(maximumLength, MaximumLength)];
        _fullMessage = Math.Clamp(
            (maximumLength - SyncMessage.HeaderLength) / SyncEntry.Ipv4Length,
            1,
            SyncMessage.MaximumCount);
    }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Instant Deadline => _flushAt;

    /// <summary>Records that a full queue has lost.</summary>
    public long Dropped { get; private set; }

    /// <summary>Records that the protocol has no word for.</summary>
    public long Untold { get; private set; }

    public long SentRecords { get; private set; }

    public long SentMessages { get; private set; }

    /// <summary>A connection was made, has changed its state, or has ended.</summary>
    public void Add(in ConnectionRecord record, Instant now)
    {
        if (!SyncRecords.TryToEntry(record, out SyncEntry entry))
        {
            Untold++;
            return;
        }

        if (_count == Capacity)
        {
            _first = (_first + 1) % Capacity;
            _count--;
            Dropped++;
        }

        _ring[(_first + _count) % Capacity] = new(entry, record.CallId);
        _count++;
        if (_count >= _fullMessage && HasPace(now))
        {
            SendOne();
        }

        if (_count > 0 && _flushAt == Instant.Never)
        {
            _flushAt = now + LongestWait;
        }
    }

    public void OnDeadline(Instant now)
    {
        if (now < _flushAt)
        {
            return;
        }

        while (_count > 0 && HasPace(now))
        {
            SendOne();
        }

        _flushAt = _count > 0 ? _tickEnd : Instant.Never;
    }

    /// <summary>Sends all that waits, whatever the pace: before a handover is asked for.</summary>
    public void Flush()
    {
        while (_count > 0)
        {
            SendOne();
        }

        _flushAt = Instant.Never;
    }

    private bool HasPace(Instant now)
    {
        if (now >= _tickEnd)
        {
            _tickEnd = now + Tick;
            _leftInTick = MessagesPerTick;
        }

        return _leftInTick > 0;
    }

    private void SendOne()
    {
        int length = SyncMessage.Begin(_datagram, _syncId);
        int room = _datagram.Length; // for the first entry, whatever the length asked for
        while (_count > 0
            && SyncRecords.TryAppend(
                _datagram.AsSpan(0, room),
                ref length,
                _ring[_first].Entry,
                _ring[_first].CallId,
                out bool isTold))
        {
            room = isTold ? _maximumLength : room;
            _first = (_first + 1) % Capacity;
            _count--;
            SentRecords += isTold ? 1 : 0;
        }

        if (length > SyncMessage.HeaderLength)
        {
            _leftInTick--;
            SentMessages++;
            _channel.SendToTwin(_datagram.AsSpan(0, length));
        }

        if (_count == 0)
        {
            _flushAt = Instant.Never;
        }
    }

    /// <summary>The Call-ID is read when it leaves: it may have ended by then.</summary>
    private readonly record struct Waiting(SyncEntry Entry, CallIdText CallId);
}

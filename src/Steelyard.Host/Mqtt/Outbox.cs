using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace Steelyard.Host.Mqtt;

/// <summary>A message on its way to a broker.</summary>
internal readonly record struct Outgoing(
    string Topic, ReadOnlyMemory<byte> Payload, bool IsRetained);

/// <summary>
/// What one broker has yet to hear. Of a retained topic only the newest value counts, so a slow
/// broker gets fewer values and never old ones. Passing messages wait in a row; when it is full,
/// the oldest is dropped and counted. Putting never waits.
/// </summary>
internal sealed class Outbox
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly Queue<string> _dueTopics = new();
    private readonly LinkedList<Outgoing> _passing = new();
    private readonly int _topicsMost;
    private readonly int _passingMost;
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _dropped;

    /// <param name="topicsMost">Retained topics; values of further ones are dropped.</param>
    /// <param name="passingMost">Passing messages that wait.</param>
    public Outbox(int topicsMost = 16_384, int passingMost = 256)
    {
        _topicsMost = topicsMost;
        _passingMost = passingMost;
    }

    /// <summary>
    /// Messages that nobody will ever hear. A value that a newer one replaced is none.
    /// </summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Counts a message that was taken and that nobody will hear.</summary>
    public void CountDropped() => Interlocked.Increment(ref _dropped);

    public void Put(in Outgoing message)
    {
        lock (_lock)
        {
            if (message.IsRetained)
            {
                PutValue(message);
            }
            else
            {
                _passing.AddLast(message);
                if (_passing.Count > _passingMost)
                {
                    _passing.RemoveFirst();
                    Interlocked.Increment(ref _dropped);
                }
            }
        }

        _bell.Writer.TryWrite(true);
    }

    public bool TryTake(out Outgoing message)
    {
        lock (_lock)
        {
            if (_passing.First is { } first)
            {
                message = first.Value;
                _passing.RemoveFirst();
                return true;
            }

            if (!_dueTopics.TryDequeue(out string? topic))
            {
                message = default;
                return false;
            }

            Value value = _values[topic];
            value.IsDue = false;
            message = new(topic, value.Payload, IsRetained: true);
            if (value.Payload.IsEmpty)
            {
                _values.Remove(topic); // The topic's end was told; nothing is left to repeat.
            }

            return true;
        }
    }

    /// <summary>Takes back what could not be sent, to the head of the row.</summary>
    public void Return(in Outgoing message)
    {
        lock (_lock)
        {
            if (!message.IsRetained)
            {
                _passing.AddFirst(message);
            }
            else if (message.Payload.IsEmpty && !_values.ContainsKey(message.Topic))
            {
                PutValue(message);
            }
            else if (_values.TryGetValue(message.Topic, out Value? value) && !value.IsDue)
            {
                value.IsDue = true;
                _dueTopics.Enqueue(message.Topic);
            }
        }
    }

    /// <summary>A broker that comes back may have forgotten: every value is due again.</summary>
    public void MakeAllDue()
    {
        lock (_lock)
        {
            foreach ((string topic, Value value) in _values)
            {
                if (!value.IsDue)
                {
                    value.IsDue = true;
                    _dueTopics.Enqueue(topic);
                }
            }
        }

        _bell.Writer.TryWrite(true);
    }

    /// <summary>Whether this topic has a value of ours.</summary>
    public bool Holds(string topic)
    {
        lock (_lock)
        {
            return _values.TryGetValue(topic, out Value? value) && !value.Payload.IsEmpty;
        }
    }

    /// <summary>Returns when something may have been put since the last return.</summary>
    public async Task WaitAsync(CancellationToken cancellation) =>
        await _bell.Reader.ReadAsync(cancellation);

    private void PutValue(in Outgoing message)
    {
        if (!_values.TryGetValue(message.Topic, out Value? value))
        {
            if (_values.Count >= _topicsMost)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }

            value = new();
            _values.Add(message.Topic, value);
        }

        value.Payload = message.Payload;
        if (!value.IsDue)
        {
            value.IsDue = true;
            _dueTopics.Enqueue(message.Topic);
        }
    }

    private sealed class Value
    {
        public ReadOnlyMemory<byte> Payload { get; set; }

        public bool IsDue { get; set; }
    }
}

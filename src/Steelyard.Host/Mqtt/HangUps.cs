using System;
using System.Collections.Generic;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Messages that a broker answers by hanging up. What it does so to twice would be sent again and
/// again with each new connection, so it is left out, until it is shorter or an hour has passed.
/// </summary>
internal sealed class HangUps(TimeProvider time)
{
    private const int Enough = 2; // Once is any broken connection.
    private const int TopicsMost = 256;

    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Dictionary<string, Strikes> _topics = new(StringComparer.Ordinal);

    /// <summary>The connection ended before the broker had acknowledged this.</summary>
    public void Note(in Outgoing message)
    {
        _ = _topics.TryGetValue(message.Topic, out Strikes before);
        if (before.Count > 0 || _topics.Count < TopicsMost)
        {
            _topics[message.Topic] =
                new(before.Count + 1, message.Payload.Length, time.GetTimestamp());
        }
    }

    public void Forgive(in Outgoing message) => _topics.Remove(message.Topic);

    public bool LeavesOut(in Outgoing message)
    {
        if (!_topics.TryGetValue(message.Topic, out Strikes strikes) || strikes.Count < Enough)
        {
            return false;
        }

        if (time.GetElapsedTime(strikes.At) >= Memory)
        {
            _topics.Remove(message.Topic);
            return false;
        }

        return message.Payload.Length >= strikes.Bytes;
    }

    private readonly record struct Strikes(int Count, int Bytes, long At);
}

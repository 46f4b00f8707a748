using System;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>
/// Remembers a steady stream of small probes and which of them were answered. A gap runs from the
/// first probe without an answer to the next one with. A stall of the sender is no gap: what was
/// not asked was not missed.
/// </summary>
/// <param name="capacity">Probes remembered; the oldest are forgotten.</param>
internal sealed class GapMeter(int capacity)
{
    private readonly Lock _guard = new();
    private readonly Instant[] _sentAt = new Instant[capacity];
    private readonly bool[] _isAnswered = new bool[capacity];
    private long _next;

    /// <summary>Notes a probe and returns its number.</summary>
    public long OnSent(Instant at)
    {
        lock (_guard)
        {
            int slot = (int)(_next % capacity);
            _sentAt[slot] = at;
            _isAnswered[slot] = false;
            return _next++;
        }
    }

    public void OnAnswered(long number)
    {
        lock (_guard)
        {
            if (number >= 0 && number < _next && number >= _next - capacity)
            {
                _isAnswered[number % capacity] = true;
            }
        }
    }

    /// <summary>
    /// The longest gap among probes sent between two instants; zero when none was missed.
    /// </summary>
    public TimeSpan LongestGap(Instant from, Instant to)
    {
        TimeSpan longest = TimeSpan.Zero;
        lock (_guard)
        {
            Instant? gapFrom = null;
            for (long number = Math.Max(0, _next - capacity); number < _next; number++)
            {
                int slot = (int)(number % capacity);
                Instant at = _sentAt[slot];
                if (at < from || (gapFrom is null && at > to))
                {
                    continue;
                }

                gapFrom ??= _isAnswered[slot] ? null : at;
                longest = Longer(longest, gapFrom is Instant start ? at - start : TimeSpan.Zero);
                gapFrom = _isAnswered[slot] ? null : gapFrom;
            }
        }

        return longest;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}

using System;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>What probes sent in a window of time met.</summary>
/// <param name="Longest">The longest gap that began in it; zero when no probe was missed.</param>
/// <param name="IsOpen">The last gap that began in it has not ended yet.</param>
/// <param name="LastEnd">When the last gap that began in it ended; null without one.</param>
internal readonly record struct GapReading(TimeSpan Longest, bool IsOpen, Instant? LastEnd);

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

    // Where the gap began that reaches from what is forgotten into what is remembered.
    private Instant? _forgottenGapFrom;

    /// <summary>Notes a probe and returns its number.</summary>
    public long OnSent(Instant at)
    {
        lock (_guard)
        {
            int slot = (int)(_next % capacity);
            if (_next >= capacity)
            {
                _forgottenGapFrom = _isAnswered[slot] ? null : _forgottenGapFrom ?? _sentAt[slot];
            }

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
    public TimeSpan LongestGap(Instant from, Instant to) => Read(from, to).Longest;

    /// <summary>
    /// The gaps that began, or went on, between two instants. They count whole, also beyond the
    /// second, and however long they last.
    /// </summary>
    public GapReading Read(Instant from, Instant to)
    {
        TimeSpan longest = TimeSpan.Zero;
        Instant? lastEnd = null;
        lock (_guard)
        {
            Instant? gapFrom = _forgottenGapFrom is Instant forgotten && forgotten <= to
                ? forgotten > from ? forgotten : from
                : null;
            for (long number = Math.Max(0, _next - capacity); number < _next; number++)
            {
                int slot = (int)(number % capacity);
                Instant at = _sentAt[slot];
                if (at < from || (gapFrom is null && at > to))
                {
                    gapFrom = at < from && _isAnswered[slot] ? null : gapFrom;
                    continue;
                }

                gapFrom ??= _isAnswered[slot] ? null : at;
                longest = Longer(longest, gapFrom is Instant start ? at - start : TimeSpan.Zero);
                if (_isAnswered[slot] && gapFrom is not null)
                {
                    (gapFrom, lastEnd) = (null, at);
                }
            }

            return new GapReading(longest, gapFrom is not null, lastEnd);
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}

using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// A token bucket for the packets that the engine makes itself. RFC 1812 §4.3.2.8.
/// </summary>
internal sealed class AnswerBudget(int perSecond)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _cost = NanosecondsPerSecond / Math.Max(perSecond, 1);
    private readonly long _burst = NanosecondsPerSecond / 10;
    private Instant _paidUntil;

    /// <summary>Takes one token, if there is one.</summary>
    public bool TrySpend(Instant now)
    {
        // Time itself is the bucket: each answer moves the paid time forward by its cost, and
        // the paid time never lags by more than the burst.
        long earliest = now.Nanoseconds - _burst;
        long paidUntil = Math.Max(_paidUntil.Nanoseconds, earliest);
        if (paidUntil + _cost > now.Nanoseconds)
        {
            return false;
        }

        _paidUntil = new(paidUntil + _cost);
        return true;
    }
}

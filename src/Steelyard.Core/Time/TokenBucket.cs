using System;

namespace Steelyard.Core.Time;

/// <summary>
/// A token bucket: so many at once, and then one each so often. RFC 1812 §4.3.2.8 has one for
/// ICMP errors; so has whatever a stranger can make us do.
/// </summary>
/// <param name="perToken">After so long there is one more.</param>
/// <param name="burst">A rested bucket has so many.</param>
public sealed class TokenBucket(TimeSpan perToken, int burst)
{
    private readonly TimeSpan _full = perToken * burst;
    private Instant _paidUntil = new(long.MinValue / 2);

    /// <summary>Takes one token, if there is one.</summary>
    public bool TrySpend(Instant now)
    {
        // Time itself is the bucket: each token moves the paid time forward by its cost, and the
        // paid time never lags by more than the burst.
        Instant earliest = now - _full;
        Instant paidUntil = (_paidUntil > earliest ? _paidUntil : earliest) + perToken;
        if (paidUntil > now)
        {
            return false;
        }

        _paidUntil = paidUntil;
        return true;
    }
}

using System;
using System.Globalization;
using Steelyard.Core.Time;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// How often one kind of news may be told: whoever can cause it could fill log and disk by it.
/// What was not told is counted, and the next that is told says how many there were.
/// </summary>
public sealed class NewsLimit(TimeSpan perSentence, int burst)
{
    private readonly TokenBucket _bucket = new(perSentence, burst);
    private long _untold;

    /// <summary>The sentence as it is to be told now; null when it is not.</summary>
    public string? Pass(string sentence, Instant now)
    {
        if (!_bucket.TrySpend(now))
        {
            _untold++;
            return null;
        }

        long untold = _untold;
        _untold = 0;
        return untold == 0
            ? sentence
            : string.Create(
                CultureInfo.InvariantCulture, $"{sentence} (and {untold} more such since)");
    }
}

using System;
using System.Collections.Generic;
using Steelyard.Core.Time;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// Turns rounds of running totals into rates. A round begins at an instant, measures each thing
/// by its key, and ends; a thing that a round does not mention is forgotten. Rounds that follow
/// too closely repeat the rates of the one before, as a few milliseconds tell nothing.
/// </summary>
public sealed class RateMeter
{
    /// <summary>Half of the usual second: a late round and the next in time both count.</summary>
    public static readonly TimeSpan ShortestRound = TimeSpan.FromMilliseconds(500);

    private Dictionary<string, Measured> _before = new(StringComparer.Ordinal);
    private Dictionary<string, Measured> _now = new(StringComparer.Ordinal);
    private Instant? _beforeAt;
    private Instant _nowAt;
    private bool _repeats;

    public void BeginRound(Instant now)
    {
        if (_beforeAt is { } before && now < before)
        {
            _before.Clear();
            _beforeAt = null;
        }

        _repeats = _beforeAt is { } last && now - last < ShortestRound;
        _nowAt = now;
        _now.Clear();
    }

    /// <summary>
    /// Rates of one thing since the round before; zero for a thing that was not there, as nobody
    /// knows how old its totals are.
    /// </summary>
    public TrafficRates Measure(string key, in TrafficSample sample)
    {
        bool known = _before.TryGetValue(key, out Measured before);
        if (_repeats)
        {
            return known ? before.Rates : default;
        }

        TrafficRates rates = known && _beforeAt is { } at
            ? TrafficRates.Between(before.Sample, sample, _nowAt - at)
            : default;
        _now[key] = new(sample, rates);
        return rates;
    }

    public void EndRound()
    {
        if (!_repeats)
        {
            (_before, _now) = (_now, _before);
            _beforeAt = _nowAt;
        }
    }

    private readonly record struct Measured(TrafficSample Sample, TrafficRates Rates);
}

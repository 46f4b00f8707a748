using System;
using Steelyard.Core.Chance;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// How long to wait before the next try: twice as long after each failure, between half and the
/// whole of it by chance, so that many boxes do not return to a broker in step.
/// </summary>
internal sealed class BackOff
{
    private readonly SeededChance _chance;
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private TimeSpan _next;

    public BackOff(SeededChance chance, TimeSpan shortest, TimeSpan longest)
    {
        _chance = chance;
        _shortest = shortest;
        _longest = longest;
        _next = shortest;
    }

    public void Reset() => _next = _shortest;

    public TimeSpan Next()
    {
        TimeSpan whole = _next;
        _next = whole * 2 < _longest ? whole * 2 : _longest;
        return (whole / 2) + _chance.NextSpan(whole / 2);
    }
}

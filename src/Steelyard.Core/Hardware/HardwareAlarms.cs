using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Time;

namespace Steelyard.Core.Hardware;

/// <summary>Judges what the hardware says, reading by reading, with hysteresis.</summary>
public sealed class HardwareAlarms
{
    private readonly State[] _states = [.. AlarmRules.All.Select(rule => new State(rule))];

    /// <summary>Those that stand, in the table's order.</summary>
    public IEnumerable<HardwareAlarm> Standing =>
        _states.Where(state => state.IsRaised).Select(state => state.Rule.Alarm);

    /// <summary>What each of those says, by the last reading.</summary>
    public IEnumerable<string> Sentences =>
        _states.Where(state => state.IsRaised).Select(state => state.Sentence);

    /// <summary>A person must come and look after the hardware.</summary>
    public bool LightsFault =>
        _states.Any(state => state.IsRaised && state.Rule.LightsFault);

    /// <summary>What has changed by a reading.</summary>
    public ImmutableArray<HardwareNews> OnReading(HardwareReading reading, Instant now) =>
    [
        .. _states.Where(state => state.Take(reading, now)).Select(state => new HardwareNews(
            state.Rule.Alarm,
            state.IsRaised,
            state.IsRaised ? state.Sentence : state.Rule.Well)),
    ];

    private sealed class State(AlarmRule rule)
    {
        /// <summary>Since when the readings have wanted the other state; never, if not.</summary>
        private Instant _turningSince = Instant.Never;

        public AlarmRule Rule { get; } = rule;

        public bool IsRaised { get; private set; }

        public string Sentence { get; private set; } = string.Empty;

        /// <summary>True when the alarm was raised or has ended.</summary>
        public bool Take(HardwareReading reading, Instant now)
        {
            if (Rule.IsBad(reading))
            {
                Sentence = Rule.Bad(reading);
            }

            bool turns = IsRaised ? Rule.IsWell(reading) : Rule.IsBad(reading);
            if (!turns)
            {
                _turningSince = Instant.Never;
                return false;
            }

            _turningSince = Instant.Earlier(_turningSince, now);
            if (now < _turningSince + (IsRaised ? Rule.EndedAfter : Rule.RaisedAfter))
            {
                return false;
            }

            IsRaised = !IsRaised;
            _turningSince = Instant.Never;
            return true;
        }
    }
}

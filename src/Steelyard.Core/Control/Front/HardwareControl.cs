using System.Linq;
using Steelyard.Core.Hardware;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Core.Control.Front;

/// <summary>What the board says of itself becomes alarms, and alarms become events.</summary>
internal sealed class HardwareControl(IControlEffects effects, StandingWarnings warnings)
{
    /// <summary>The room's name among the warnings.</summary>
    private const string Room = "hardware";

    private readonly HardwareAlarms _alarms = new();

    public HardwareReading Reading { get; private set; } = new();

    public bool LightsFault => _alarms.LightsFault;

    public void OnReading(HardwareReading reading, Instant now)
    {
        foreach (HardwareNews news in _alarms.OnReading(reading, now))
        {
            effects.Report(new BoxEvent(
                news.IsRaised ? EventSeverity.Warning : EventSeverity.Information,
                Room,
                Words.Of(news.Alarm),
                news.Sentence));
        }

        Reading = reading with { Alarms = [.. _alarms.Standing.Select(Words.Of)] };
        warnings.Set(Room, [.. _alarms.Sentences]);
    }
}

using System;

namespace Steelyard.Core.Telemetry;

/// <summary>An event with its place in the row of all events and its time of day.</summary>
/// <param name="Sequence">Counts from 1; a gap tells that events were lost.</param>
public sealed record StampedEvent(long Sequence, DateTimeOffset At, BoxEvent Event);

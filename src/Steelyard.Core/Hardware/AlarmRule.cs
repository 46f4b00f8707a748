using System;

namespace Steelyard.Core.Hardware;

/// <summary>
/// When an alarm is raised and when it ends. Between the two limits it stays as it is, so that a
/// value at a limit is one alarm and not many; and what comes and goes by itself must have been
/// well for a while.
/// </summary>
/// <param name="IsBad">Raises it. What the board does not tell is never bad.</param>
/// <param name="IsWell">Ends it; further from bad than bad's own limit.</param>
/// <param name="RaisedAfter">How long it must have been bad.</param>
/// <param name="EndedAfter">How long it must have been well.</param>
/// <param name="LightsFault">
/// Whether a person must come: the panel says so. A clock may be wrong for days where no time
/// server is reached, and nothing of the box's work depends on it.
/// </param>
internal sealed record AlarmRule(
    HardwareAlarm Alarm,
    Func<HardwareReading, bool> IsBad,
    Func<HardwareReading, bool> IsWell,
    TimeSpan RaisedAfter,
    TimeSpan EndedAfter,
    bool LightsFault,
    Func<HardwareReading, string> Bad,
    string Well);

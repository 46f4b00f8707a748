using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Schedules a service's new connections by another rule.</summary>
/// <param name="key">Which service.</param>
/// <param name="schedule">A scheduler made for this service alone.</param>
public sealed class EditService(ServiceKey key, ISchedule schedule) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) =>
        engine.Services.Find(key)?.ChangeSchedule(schedule);
}

using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Treats a service's new connections by other settings.</summary>
/// <param name="key">Which service.</param>
/// <param name="settings">What holds from now on.</param>
/// <param name="schedule">
/// A scheduler made for this service alone; null when the present one stays.
/// </param>
public sealed class EditService(
    ServiceKey key, ServiceSettings settings, ISchedule? schedule) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        engine.Prepare(settings);
        schedule?.Adopt(engine.Settings);
        VirtualService? service = engine.Services.Find(key);
        service?.Change(settings, schedule ?? service.Schedule);
    }
}

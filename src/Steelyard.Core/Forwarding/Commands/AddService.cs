using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// Adds a virtual service, with the servers that it has. One of the same key stays.
/// </summary>
public sealed class AddService(VirtualService service) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        engine.Prepare(service.Settings);
        service.Schedule.Adopt(engine.Settings);
        engine.Services.Add(service);
    }
}

using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// Adds a real server to a service; when it has one of this endpoint, that one is edited instead.
/// A removed server that still has connections comes back in the newcomer's place.
/// </summary>
public sealed class AddServer(ServiceKey key, RealServer server) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        VirtualService? service = engine.Services.Find(key);
        RealServer? existing = service?.FindServer(server.Endpoint);
        if (existing is not null)
        {
            service!.Edit(existing, server.Settings);
            return;
        }

        service?.Add(server);
    }
}

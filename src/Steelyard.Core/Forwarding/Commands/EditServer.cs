using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Changes a real server; what exists of its connections keeps their method.</summary>
public sealed class EditServer(
    ServiceKey key, Endpoint endpoint, ServerSettings settings) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        VirtualService? service = engine.Services.Find(key);
        RealServer? server = service?.FindServer(endpoint);
        if (server is not null)
        {
            service!.Edit(server, settings);
        }
    }
}

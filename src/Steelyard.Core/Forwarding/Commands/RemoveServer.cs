using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Takes a real server out of a service; packets of its connections are dropped.</summary>
public sealed class RemoveServer(ServiceKey key, Endpoint endpoint) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        VirtualService? service = engine.Services.Find(key);
        RealServer? server = service?.FindServer(endpoint);
        if (server is not null)
        {
            service!.Remove(server);
            if (engine.Settings.ExpireNodestConn)
            {
                engine.Upkeep.EndOrphans();
            }
        }
    }
}

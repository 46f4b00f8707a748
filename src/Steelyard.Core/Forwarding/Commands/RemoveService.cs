using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Removes a virtual service; its connections stay, without being served.</summary>
public sealed class RemoveService(ServiceKey key) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        if (engine.Services.Remove(key) && engine.Settings.ExpireNodestConn)
        {
            engine.Upkeep.EndOrphans();
        }
    }
}

using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>The virtual address is another box's affair; the engine is silent about it.</summary>
public sealed class ReleaseAddress(int interfaceIndex, IpAddress address) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        engine.Held.Release(interfaceIndex, address);
        engine.RenewStations(interfaceIndex);
    }
}

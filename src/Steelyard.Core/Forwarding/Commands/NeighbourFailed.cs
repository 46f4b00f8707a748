using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>A next hop does not answer: what waited for it is dropped.</summary>
public sealed class NeighbourFailed(int interfaceIndex, IpAddress address) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        EnginePort? port = engine.FindPort(interfaceIndex);
        if (port is not null)
        {
            engine.Departures.OnFailed(port, address, now);
        }
    }
}

using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>A next hop's station address is known: what waited for it is sent.</summary>
public sealed class NeighbourLearned(
    int interfaceIndex, IpAddress address, MacAddress station) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        EnginePort? port = engine.FindPort(interfaceIndex);
        if (port is not null)
        {
            engine.Departures.OnLearned(port, address, station, now);
        }
    }
}

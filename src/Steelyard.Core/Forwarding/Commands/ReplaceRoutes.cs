using Steelyard.Core.Routing;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>From the next packet on, these routes hold.</summary>
public sealed class ReplaceRoutes(RouteTable routes) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.Departures.ReplaceRoutes(routes);
}

using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Clients of the box's own processes are sent there from now on.</summary>
public sealed class SetLocalNode(LocalNode local) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.Departures.SetLocalNode(local);
}

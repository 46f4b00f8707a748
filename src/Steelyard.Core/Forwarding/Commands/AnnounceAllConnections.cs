using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// Raises a <see cref="EngineEventKind.ConnectionChanged"/> event for every connection, a share
/// in each turn, and no faster than the control loop takes them: for a twin that has just come.
/// </summary>
public sealed class AnnounceAllConnections : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.Upkeep.AnnounceAll();
}

using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Gives the engine a port to drive; one of the same interface is replaced.</summary>
public sealed class AttachPort(IPacketPort port) : IEngineCommand
{
    /// <summary>What becomes of the port's frames; readable from any thread.</summary>
    public ForwardingCounters Counters { get; } = new();

    public IPacketPort Port { get; } = port;

    public void Apply(Engine engine, Instant now) => engine.Attach(Port, Counters);
}

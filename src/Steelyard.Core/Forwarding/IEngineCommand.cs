using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// A change to the forwarding state, made ready by the control loop and applied by the data
/// thread between two batches. Whatever must be allocated is allocated before it is sent.
/// </summary>
public interface IEngineCommand
{
    void Apply(Engine engine, Instant now);
}

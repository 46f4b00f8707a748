using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Takes a port away from the engine.</summary>
/// <param name="interfaceIndex">The kernel's index of its interface.</param>
/// <param name="detached">
/// Called on the data thread: the engine will not touch the port again.
/// </param>
public sealed class DetachPort(int interfaceIndex, Action? detached = null) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        engine.Detach(interfaceIndex);
        detached?.Invoke();
    }
}

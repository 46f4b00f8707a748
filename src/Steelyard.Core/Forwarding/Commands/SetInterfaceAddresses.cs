using System.Collections.Immutable;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>The interface's own addresses, for errors that the engine sends to servers.</summary>
public sealed class SetInterfaceAddresses(int interfaceIndex, ImmutableArray<IpPrefix> addresses)
    : IEngineCommand
{
    public void Apply(Engine engine, Instant now) =>
        engine.SetAddresses(interfaceIndex, addresses);
}

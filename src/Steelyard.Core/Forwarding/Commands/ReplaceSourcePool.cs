using System.Collections.Immutable;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Under which addresses servers of full NAT see new clients from now on.</summary>
public sealed class ReplaceSourcePool(ImmutableArray<IpAddress> addresses) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.SourcePool = addresses;
}

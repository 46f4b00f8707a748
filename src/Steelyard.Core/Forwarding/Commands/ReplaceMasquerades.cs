using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Who reaches the world through the box, from now on.</summary>
public sealed class ReplaceMasquerades(ImmutableArray<MasqueradeRule> rules) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.Masquerades = rules;
}

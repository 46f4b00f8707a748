using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Which packets carry which firewall mark, from now on.</summary>
public sealed class ReplaceMarkRules(ImmutableArray<MarkRule> rules) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.MarkRules = rules;
}

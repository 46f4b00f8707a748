using System.Collections.Immutable;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Who reaches the world through the box, from now on.</summary>
public sealed class ReplaceMasquerades(ImmutableArray<MasqueradeRule> rules) : IEngineCommand
{
    // Made by who sends the command: the data thread allocates nothing.
    private readonly MasqueradeHosts? _hosts = rules.IsEmpty ? null : new();

    public void Apply(Engine engine, Instant now)
    {
        engine.Masquerades = rules;
        engine.MasqueradeHosts ??= _hosts;
    }
}

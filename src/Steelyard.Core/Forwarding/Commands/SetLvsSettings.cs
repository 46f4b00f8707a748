using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>Switches of LVS; they hold from the next packet on.</summary>
public sealed class SetLvsSettings(LvsSettings settings) : IEngineCommand
{
    public void Apply(Engine engine, Instant now) => engine.Adopt(settings);
}

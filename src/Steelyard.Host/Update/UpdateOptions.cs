using System;
using System.Threading.Tasks;

namespace Steelyard.Host.Update;

/// <summary>What a person has agreed to beforehand.</summary>
internal sealed record UpdateOptions
{
    /// <summary>An older version may be installed.</summary>
    public bool AllowsDowngrade { get; init; }

    /// <summary>The version that runs may be installed again.</summary>
    public bool AllowsSame { get; init; }

    /// <summary>The box may go down though no twin can take over.</summary>
    public bool AllowsBreak { get; init; }

    /// <summary>The box restarts when the new root is written.</summary>
    public bool Restarts { get; init; } = true;

    /// <summary>Asks a person about what was not agreed to; false where there is none.</summary>
    public Func<string, Task<bool>> Ask { get; init; } = _ => Task.FromResult(false);
}

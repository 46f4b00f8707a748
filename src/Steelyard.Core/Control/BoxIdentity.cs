using Steelyard.Core.Time;

namespace Steelyard.Core.Control;

/// <summary>What does not change while the box runs.</summary>
/// <param name="Name">The box's name in topics, logs and to its twin.</param>
/// <param name="Version">The program's version.</param>
/// <param name="StartedAt">When it started.</param>
public sealed record BoxIdentity(string Name, string Version, Instant StartedAt);

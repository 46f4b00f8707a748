namespace Steelyard.Core.Health;

/// <summary>What is believed of a server changed.</summary>
/// <param name="Detail">
/// Why, as a sentence for people; empty when there is nothing to explain.
/// </param>
public readonly record struct HealthTransition(HealthState From, HealthState To, string Detail);

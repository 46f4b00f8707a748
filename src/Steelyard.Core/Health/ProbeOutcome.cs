namespace Steelyard.Core.Health;

/// <summary>How one probe of one server ended.</summary>
/// <param name="IsGood">The server answered as it should, and in time.</param>
/// <param name="Detail">Why it did not, as a sentence for people; empty when it did.</param>
public readonly record struct ProbeOutcome(bool IsGood, string Detail)
{
    public static ProbeOutcome Good { get; } = new(true, string.Empty);

    public static ProbeOutcome Bad(string detail) => new(false, detail);
}

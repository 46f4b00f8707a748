namespace Steelyard.Host.Api;

/// <summary>What the box says to a wish.</summary>
/// <param name="IsDone">False when the box refused; then nothing changed.</param>
/// <param name="Error">A stable word for machines; empty when done.</param>
/// <param name="Sentence">What was done, or why not, for people.</param>
public sealed record ControlAnswer(bool IsDone, string Error, string Sentence)
{
    public static ControlAnswer Done(string sentence = "") => new(true, string.Empty, sentence);

    public static ControlAnswer Refused(string error, string sentence) =>
        new(false, error, sentence);
}

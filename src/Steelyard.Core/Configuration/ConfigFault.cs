namespace Steelyard.Core.Configuration;

/// <summary>Where a word of the configuration stands; lines and columns count from 1.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>Something wrong with a configuration, said for the person who wrote it.</summary>
/// <param name="Position">Where.</param>
/// <param name="Sentence">What is wrong, and what to do.</param>
/// <param name="IsWarning">The configuration can be used all the same.</param>
public readonly record struct ConfigFault(
    SourcePosition Position, string Sentence, bool IsWarning = false)
{
    public override string ToString() =>
        $"{Position}: {(IsWarning ? "warning: " : string.Empty)}{Sentence}";
}

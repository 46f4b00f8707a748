using System.Collections.Generic;

namespace Steelyard.Core.Configuration;

/// <summary>A word of the file, quotes taken off.</summary>
/// <param name="IsQuoted">
/// Some of it stood in quotes, so it is never a brace or a keyword's sign.
/// </param>
internal readonly record struct Word(string Text, SourcePosition Position, bool IsQuoted);

/// <summary>
/// What the parser reads: words of one line, and perhaps the block that follows them.
/// </summary>
/// <param name="Arguments">The words behind the keyword.</param>
/// <param name="Block">The statements within braces; none when there were no braces.</param>
internal sealed record Statement(
    Word Keyword, IReadOnlyList<Word> Arguments, IReadOnlyList<Statement>? Block)
{
    public SourcePosition Position => Keyword.Position;

    /// <summary>Where a value is missing: at the keyword.</summary>
    public bool HasArguments => Arguments.Count > 0;
}

internal enum TokenKind
{
    Unknown = 0,
    Word,
    OpenBrace,
    CloseBrace,
    NewLine,
    End,
}

internal readonly record struct Token(TokenKind Kind, Word Word);

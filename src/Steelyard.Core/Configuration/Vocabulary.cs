using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Configuration;

internal enum WordSupport
{
    Unknown = 0,

    /// <summary>Bound to the model.</summary>
    Supported,

    /// <summary>
    /// Known by name and refused: to pass over it would change what the box does.
    /// </summary>
    NotYet,

    /// <summary>
    /// Known by name and passed over with a warning: nothing is lost but what it says.
    /// </summary>
    Ignored,
}

/// <summary>A word of the language.</summary>
/// <param name="Block">Where it belongs; <see cref="Vocabulary.Top"/> outside all blocks.</param>
/// <param name="Note">Behind the word in the sentence of its fault.</param>
/// <param name="OpensBlock">A block in braces must follow.</param>
internal readonly record struct VocabularyWord(
    string Text, string Block, WordSupport Support, string Note, bool OpensBlock);

/// <summary>
/// Every word of keepalived and our own, with the block it belongs in. What is missing here is a
/// misspelling.
/// </summary>
internal static class Vocabulary
{
    public const string Top = "";

    private static readonly ImmutableArray<VocabularyWord> Words =
        [.. VocabularyData.Rows.SelectMany(Split)];

    private static readonly Dictionary<(string Block, string Text), VocabularyWord> ByBlockAndText =
        Words.ToDictionary(word => (word.Block, word.Text));

    public static IEnumerable<VocabularyWord> All => Words;

    public static bool TryFind(string block, string text, out VocabularyWord word) =>
        ByBlockAndText.TryGetValue((block, text), out word);

    /// <summary>The blocks that know a word, in the order of the table.</summary>
    public static ImmutableArray<string> BlocksOf(string text) =>
        [.. Words.Where(word => word.Text == text).Select(word => word.Block)];

    /// <summary>
    /// The word of a block that is nearest to a misspelt one; none when none is near.
    /// </summary>
    public static string? Nearest(string block, string text) => Spelling.Nearest(
        text, Words.Where(word => word.Block == block).Select(word => word.Text));

    private static IEnumerable<VocabularyWord> Split(VocabularyRow row) =>
        from block in row.Blocks.Split(' ')
        from text in row.Words.Split(' ')
        select new VocabularyWord(
            text.TrimEnd('{'), block, row.Support, row.Note, text.EndsWith('{'));
}

/// <summary>A row of the table: words of the same blocks that share their fate.</summary>
/// <param name="Blocks">Blocks, separated by blanks.</param>
/// <param name="Words">Words, separated by blanks; <c>{</c> behind one that opens a block.</param>
internal readonly record struct VocabularyRow(
    string Blocks, WordSupport Support, string Words, string Note = "");

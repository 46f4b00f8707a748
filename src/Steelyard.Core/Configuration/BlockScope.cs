using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>
/// One block while it is bound: lets through the words that the block supports, and says what is
/// wrong with all others.
/// </summary>
internal sealed class BlockScope(string block, FaultList faults, bool mayRepeat = false)
{
    /// <summary>Of all other words the last one counts, there as here.</summary>
    private const string FirstCounts = "lvs_sync_daemon";

    private readonly HashSet<string> _seen = [];

    private string Place => block.Length == 0 ? "outside all blocks" : $"in {block}";

    /// <summary>
    /// True when the statement's keyword is supported here and its block is as it must be.
    /// </summary>
    public bool Accepts(Statement statement)
    {
        string text = statement.Keyword.Text;
        if (!Vocabulary.TryFind(block, text, out VocabularyWord word))
        {
            faults.Error(
                statement.Position, faults.IsFull ? string.Empty : DescribeUnknown(text));
            return false;
        }

        switch (word.Support)
        {
            case WordSupport.NotYet:
                faults.Error(statement.Position, $"'{text}' is not supported yet{word.Note}");
                return false;
            case WordSupport.Ignored:
                faults.Warning(statement.Position, $"'{text}' {word.Note}");
                return false;
            default:
                return HasRightShape(statement, word);
        }
    }

    private bool HasRightShape(Statement statement, VocabularyWord word)
    {
        if (word.OpensBlock && statement.Block is null)
        {
            faults.Error(statement.Position, $"'{word.Text}' needs a block: {{ … }}");
            return false;
        }

        if (!word.OpensBlock && statement.Block is not null)
        {
            faults.Error(
                statement.Position, $"'{word.Text}' takes no block, but a '{{' follows it");
            return false;
        }

        if (!word.OpensBlock && !_seen.Add(word.Text) && !mayRepeat)
        {
            if (word.Text == FirstCounts)
            {
                faults.Warning(
                    statement.Position,
                    $"'{word.Text}' is given twice; the first one counts, as in keepalived");
                return false;
            }

            faults.Warning(
                statement.Position, $"'{word.Text}' is given twice; the last one counts");
        }

        return true;
    }

    private string DescribeUnknown(string text)
    {
        ImmutableArray<string> homes = Vocabulary.BlocksOf(text);
        if (homes.Contains(Vocabulary.Top))
        {
            return $"'{text}' stands outside all blocks, not {Place}; is a '}}' missing above?";
        }

        string? near = Vocabulary.Nearest(block, text);
        if (!homes.IsEmpty)
        {
            string list = string.Join(" or ", homes.Take(3));
            return $"'{text}' belongs in {list}, not {Place}";
        }

        string unknown = $"'{Shown.Text(text)}' is not a word {Place}";
        return near is null ? unknown : $"{unknown}; did you mean '{near}'?";
    }
}

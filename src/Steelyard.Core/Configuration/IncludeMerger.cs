using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;

namespace Steelyard.Core.Configuration;

/// <summary>
/// Puts the text of included files where their <c>include</c> stands. It expects files that were
/// found right: their includes end, and stay within the bounds.
/// </summary>
internal sealed class IncludeMerger(IConfigFiles files)
{
    public string Read(string path)
    {
        _ = files.TryRead(path, ConfigurationFile.MaximumCharacters, out string? text, out _);
        StringBuilder merged = new(text?.Length ?? 0);
        if (text is not null)
        {
            Append(merged, path, text);
        }

        return merged.ToString();
    }

    private void Append(StringBuilder merged, string path, string text)
    {
        IReadOnlyList<Token> tokens = Lexer.Read(path, text, new FaultList());
        int[] lines = LineStarts(text);
        int copied = 0;
        for (int index = 0; index < tokens.Count; index++)
        {
            bool begins = index == 0 || tokens[index - 1].Kind != TokenKind.Word;
            Token token = tokens[index];
            if (!begins || token.Kind != TokenKind.Word || !Parser.IsInclude(token.Word))
            {
                continue;
            }

            // What stands behind on the line, a comment, goes with it.
            string target = tokens[++index].Word.Text;
            merged.Append(text, copied, OffsetOf(token, lines) - copied);
            AppendIncluded(merged, path, target);
            copied = OffsetOf(tokens[index + 1], lines);
        }

        merged.Append(text, copied, text.Length - copied);
    }

    private void AppendIncluded(StringBuilder merged, string from, string target)
    {
        string pattern = PathText.Resolve(from, target);
        ImmutableArray<string> paths =
            PathText.IsPattern(pattern) ? files.Match(pattern) : [pattern];
        foreach (string path in paths)
        {
            merged.Append("# ").Append(path[(path.LastIndexOf('/') + 1)..]).Append('\n');
            string text = Read(path);
            merged.Append(text);
            if (!text.EndsWith('\n'))
            {
                merged.Append('\n');
            }
        }
    }

    private static int OffsetOf(Token token, int[] lines)
    {
        SourcePosition position = token.Word.Position;
        return lines[position.Line - 1] + position.Column - 1;
    }

    /// <summary>Offsets of the lines' first characters; a mark before the first is none.</summary>
    private static int[] LineStarts(string text)
    {
        List<int> starts = [text.StartsWith('\uFEFF') ? 1 : 0];
        for (int offset = 0; offset < text.Length; offset++)
        {
            if (text[offset] == '\n')
            {
                starts.Add(offset + 1);
            }
        }

        return [.. starts];
    }
}

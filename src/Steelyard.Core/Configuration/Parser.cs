using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>
/// Reads a file and all that it includes into statements: a keyword, its words, and the block that
/// opens on the same line or on the next.
/// </summary>
internal sealed class Parser(IConfigFiles files, FaultList faults)
{
    /// <summary>
    /// The deepest that keepalived nests is five: url in HTTP_GET in real_server.
    /// </summary>
    private const int MaximumBlockDepth = 16;
    private const int MaximumIncludeDepth = 16;
    private const int MaximumFiles = 256;

    private readonly List<string> _open = [];
    private int _fileCount;
    private int _characters;

    /// <summary>The statements of the file, or none when it cannot be read.</summary>
    public IReadOnlyList<Statement> Read(string path)
    {
        faults.AddFile(path);
        return ReadFile(path, new SourcePosition(path, 1, 1), depth: 0);
    }

    private IReadOnlyList<Statement> ReadFile(string path, SourcePosition from, int depth)
    {
        if (_fileCount == MaximumFiles)
        {
            faults.Error(from, $"more than {MaximumFiles} files are included");
            return [];
        }

        _fileCount++;
        int room = ConfigurationFile.MaximumCharacters - _characters;
        if (!files.TryRead(path, room + 1, out string? text, out string? reason))
        {
            faults.Error(from, $"cannot read {Shown.Text(path)}: {reason}");
            return [];
        }

        if (text.Length > room)
        {
            faults.Error(
                from,
                $"the files hold more than {ConfigurationFile.MaximumCharacters} characters");
            return [];
        }

        _characters += text.Length;
        faults.AddFile(path);
        _open.Add(path);
        IReadOnlyList<Statement> statements =
            new FileReader(this, path, Lexer.Read(path, text, faults), depth).ReadAll();
        _open.RemoveAt(_open.Count - 1);
        return statements;
    }

    /// <summary>The keyword of a statement that other files take the place of.</summary>
    public static bool IsInclude(Word keyword) => !keyword.IsQuoted && keyword.Text is
        "include" or "includer" or "includem" or "includew" or "includeb" or "includea";

    private IEnumerable<Statement> Include(Statement include, string from, int depth)
    {
        if (include.Arguments is not [Word target] || include.Block is not null)
        {
            faults.Error(
                include.Position, $"'{include.Keyword.Text}' takes one file name or pattern");
            return [];
        }

        if (depth >= MaximumIncludeDepth)
        {
            faults.Error(
                target.Position, $"includes are nested deeper than {MaximumIncludeDepth}");
            return [];
        }

        string pattern = PathText.Resolve(from, target.Text);
        bool isPattern = PathText.IsPattern(pattern);
        ImmutableArray<string> paths = isPattern ? files.Match(pattern) : [pattern];
        bool mustMatch = include.Keyword.Text is "includea" or "includew" or "includeb";
        if (paths.IsEmpty && mustMatch)
        {
            faults.Error(target.Position, $"no file matches {Shown.Text(pattern)}");
        }
        else if (paths.IsEmpty)
        {
            faults.Warning(
                target.Position, $"no file matches {Shown.Text(pattern)}: nothing is included");
        }

        return paths.SelectMany(path => IncludeOne(path, target, depth));
    }

    private IReadOnlyList<Statement> IncludeOne(string path, Word target, int depth)
    {
        if (_open.Contains(path))
        {
            faults.Error(target.Position, $"{path} includes itself");
            return [];
        }

        return ReadFile(path, target.Position, depth + 1);
    }

    /// <summary>The statements of one file; braces close in the file where they open.</summary>
    private sealed class FileReader(
        Parser parser, string path, IReadOnlyList<Token> tokens, int includeDepth)
    {
        private readonly List<(Word Keyword, SourcePosition Brace)> _blocks = [];
        private int _index;

        private Token Current => tokens[_index];

        public List<Statement> ReadAll()
        {
            List<Statement> statements = [];
            while (true)
            {
                ReadInto(statements);
                if (Current.Kind == TokenKind.End)
                {
                    return statements;
                }

                parser.SayError(Current.Word.Position, "this '}' closes nothing");
                _index++;
            }
        }

        /// <summary>Reads up to a closing brace or the end, and stays there.</summary>
        private void ReadInto(List<Statement> statements)
        {
            while (true)
            {
                switch (Current.Kind)
                {
                    case TokenKind.NewLine:
                        _index++;
                        break;
                    case TokenKind.Word:
                        Add(statements, ReadStatement());
                        break;
                    case TokenKind.OpenBrace:
                        parser.SayError(Current.Word.Position, "this '{' follows no keyword");
                        ReadBlock(Current.Word);
                        break;
                    default:
                        return;
                }
            }
        }

        private void Add(List<Statement> statements, Statement statement)
        {
            if (IsInclude(statement.Keyword))
            {
                statements.AddRange(parser.Include(statement, path, includeDepth));
            }
            else
            {
                statements.Add(statement);
            }
        }

        private Statement ReadStatement()
        {
            Word keyword = Current.Word;
            List<Word> arguments = [];
            for (_index++; Current.Kind == TokenKind.Word; _index++)
            {
                arguments.Add(Current.Word);
            }

            return new(keyword, arguments, BraceFollows() ? ReadBlock(keyword) : null);
        }

        /// <summary>A brace on this line or on the next that holds anything.</summary>
        private bool BraceFollows()
        {
            int index = _index;
            while (tokens[index].Kind == TokenKind.NewLine)
            {
                index++;
            }

            if (tokens[index].Kind != TokenKind.OpenBrace)
            {
                return false;
            }

            _index = index;
            return true;
        }

        private List<Statement> ReadBlock(Word keyword)
        {
            SourcePosition brace = Current.Word.Position;
            _index++;
            List<Statement> statements = [];
            if (_blocks.Count == MaximumBlockDepth)
            {
                parser.SayError(brace, $"blocks are nested deeper than {MaximumBlockDepth}");
                SkipBlock();
                return statements;
            }

            _blocks.Add((keyword, brace));
            ReadInto(statements);
            _blocks.RemoveAt(_blocks.Count - 1);
            Close(keyword, brace);
            return statements;
        }

        private void Close(Word keyword, SourcePosition brace)
        {
            if (Current.Kind == TokenKind.CloseBrace)
            {
                _index++;
                return;
            }

            string owner = keyword.Text.Length == 0
                ? "this '{'"
                : $"'{Shown.Text(keyword.Text)} {{'";
            parser.SayError(brace, $"{owner} is never closed; a '}}' is missing");
        }

        private void SkipBlock()
        {
            for (int depth = 1; Current.Kind != TokenKind.End; _index++)
            {
                depth += Current.Kind switch
                {
                    TokenKind.OpenBrace => 1,
                    TokenKind.CloseBrace => -1,
                    _ => 0,
                };
                if (depth == 0)
                {
                    _index++;
                    return;
                }
            }
        }
    }

    private void SayError(SourcePosition position, string sentence) =>
        faults.Error(position, sentence);
}

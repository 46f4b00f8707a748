using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Steelyard.Core.Configuration;

/// <summary>
/// Cuts a file into words, braces and line ends. A word ends at white space, a brace or a comment
/// (<c>#</c> or <c>!</c>); quotes hold a word together and know escapes.
/// </summary>
internal sealed class Lexer(string file, string text, FaultList faults)
{
    private const char ByteOrderMark = '\uFEFF';
    private readonly List<Token> _tokens = [];
    private readonly StringBuilder _word = new();
    private int _offset;
    private int _line = 1;
    private int _lineStart;
    private bool _atLineStart = true;
    private bool _saidControl;

    private char Current => _offset < text.Length ? text[_offset] : '\0';

    private char Next => _offset + 1 < text.Length ? text[_offset + 1] : '\0';

    private bool AtLineEnd => _offset >= text.Length || text[_offset] == '\n';

    private SourcePosition Here => new(file, _line, _offset - _lineStart + 1);

    /// <summary>All tokens of the file; the last one is its end.</summary>
    public static IReadOnlyList<Token> Read(string file, string text, FaultList faults) =>
        new Lexer(file, text, faults).ReadAll();

    private List<Token> ReadAll()
    {
        if (Current == ByteOrderMark)
        {
            _offset++;
            _lineStart = _offset;
        }

        while (_offset < text.Length)
        {
            ReadOne();
        }

        Add(TokenKind.NewLine, Here);
        Add(TokenKind.End, Here);
        return _tokens;
    }

    private void ReadOne()
    {
        switch (Current)
        {
            case '\n':
                Add(TokenKind.NewLine, Here);
                _offset++;
                _line++;
                _lineStart = _offset;
                _atLineStart = true;
                break;
            case '#' or '!':
                SkipLine();
                break;
            case '{':
                Add(TokenKind.OpenBrace, Here);
                _offset++;
                _atLineStart = false;
                break;
            case '}':
                Add(TokenKind.CloseBrace, Here);
                _offset++;
                _atLineStart = false;
                break;
            case char blank when IsBlank(blank):
                SayControl(blank);
                _offset++;
                break;
            default:
                ReadWordOrSign();
                break;
        }
    }

    private void ReadWordOrSign()
    {
        bool first = _atLineStart;
        _atLineStart = false;
        if (first && Current == '$' && IsDefinition())
        {
            faults.Error(Here, "variables ($NAME=…) are not supported yet; write the value out");
            SkipDefinition();
        }
        else if (first && Current == '@')
        {
            faults.Error(
                Here,
                "lines for one machine (@id) are not supported yet; "
                + "give each machine a file of its own");
            SkipUntilBlank();
        }
        else if (first && Current == '~')
        {
            faults.Error(
                Here, "~SEQ and ~LST are not supported yet; write the lines out one by one");
            SkipParenthesis();
        }
        else
        {
            ReadWord();
        }
    }

    private void ReadWord()
    {
        SourcePosition start = Here;
        bool quoted = false;
        bool variable = false;
        _word.Clear();
        while (!AtLineEnd && !IsBlank(Current))
        {
            char at = Current;
            if (at is '"' or '\'')
            {
                quoted = true;
                ReadQuoted(at);
            }
            else if (at == '$' && Next == '{')
            {
                variable = true;
                ReadVariable();
            }
            else if (at is '{' or '}')
            {
                break;
            }
            else if (at is '#' or '!')
            {
                SayCut(start);
                break;
            }
            else
            {
                _word.Append(at);
                _offset++;
            }
        }

        if (variable)
        {
            faults.Error(start, "variables (${NAME}) are not supported yet; write the value out");
        }

        _tokens.Add(new(TokenKind.Word, new(_word.ToString(), start, quoted)));
    }

    private void ReadQuoted(char quote)
    {
        SourcePosition start = Here;
        _offset++;
        while (!AtLineEnd && Current != quote)
        {
            SayControl(Current);
            if (Current == '\\' && Next is not '\0' and not '\n')
            {
                _offset++;
                ReadEscape();
            }
            else
            {
                _word.Append(Current);
                _offset++;
            }
        }

        if (AtLineEnd)
        {
            faults.Error(start, $"the quote {quote} is not closed on its line");
            TrimCarriageReturn();
        }
        else
        {
            _offset++;
        }
    }

    /// <summary>After the backslash; an unknown escape is the character itself.</summary>
    private void ReadEscape()
    {
        char at = Current;
        if (at is 'x' && char.IsAsciiHexDigit(Next))
        {
            _offset++;
            ReadNumber(2, NumberStyles.AllowHexSpecifier, char.IsAsciiHexDigit);
            return;
        }

        if (at is >= '0' and <= '7')
        {
            ReadOctal();
            return;
        }

        _offset++;
        _word.Append(at switch
        {
            'a' => '\a',
            'b' => '\b',
            'E' => '\e',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => at,
        });
    }

    private void ReadNumber(int maximumDigits, NumberStyles styles, Func<char, bool> isDigit)
    {
        int start = _offset;
        while (_offset - start < maximumDigits && isDigit(Current))
        {
            _offset++;
        }

        ReadOnlySpan<char> digits = text.AsSpan(start.._offset);
        _word.Append((char)byte.Parse(digits, styles, CultureInfo.InvariantCulture));
    }

    private void ReadOctal()
    {
        int value = 0;
        for (int digits = 0; digits < 3 && Current is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + Current - '0';
            _offset++;
        }

        _word.Append((char)(value & 0xFF));
    }

    private void ReadVariable()
    {
        while (!AtLineEnd && Current != '}')
        {
            _word.Append(Current);
            _offset++;
        }

        if (!AtLineEnd)
        {
            _word.Append(Current);
            _offset++;
        }

        TrimCarriageReturn();
    }

    private bool IsDefinition()
    {
        int end = _offset + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end > _offset + 1 && end < text.Length && text[end] == '=';
    }

    /// <summary>A definition goes on over lines that end in a backslash.</summary>
    private void SkipDefinition()
    {
        while (true)
        {
            SkipLine();
            bool goesOn = text.AsSpan(_lineStart.._offset).TrimEnd().EndsWith('\\');
            if (_offset >= text.Length || !goesOn)
            {
                return;
            }

            _offset++;
            _line++;
            _lineStart = _offset;
        }
    }

    private void SkipLine()
    {
        while (!AtLineEnd)
        {
            _offset++;
        }
    }

    private void SkipUntilBlank()
    {
        while (!AtLineEnd && !IsBlank(Current) && Current is not '{' and not '}')
        {
            _offset++;
        }
    }

    private void SkipParenthesis()
    {
        int close = text.IndexOf(')', _offset);
        int lineEnd = text.IndexOf('\n', _offset);
        if (close < 0 || (lineEnd >= 0 && lineEnd < close))
        {
            SkipLine();
        }
        else
        {
            _offset = close + 1;
            _atLineStart = true;
        }
    }

    private void SayCut(SourcePosition start)
    {
        string word = Shown.Text(_word.ToString());
        faults.Warning(
            start,
            $"'{word}' ends here, because '{Current}' begins a comment; "
            + "quote the word if the sign belongs to it");
    }

    private void SayControl(char character)
    {
        if (char.IsControl(character) && character is not '\t' and not '\r' && !_saidControl)
        {
            _saidControl = true;
            faults.Error(Here, $"a control character (U+{(int)character:X4}) stands in the file");
        }
    }

    private void TrimCarriageReturn()
    {
        while (_word.Length > 0 && _word[^1] == '\r')
        {
            _word.Length--;
        }
    }

    private void Add(TokenKind kind, SourcePosition position) =>
        _tokens.Add(new(kind, new(string.Empty, position, IsQuoted: false)));

    private static bool IsBlank(char character) =>
        character != '\n' && (char.IsWhiteSpace(character) || char.IsControl(character));
}

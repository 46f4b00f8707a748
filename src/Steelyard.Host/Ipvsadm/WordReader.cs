using System.Collections.Generic;

namespace Steelyard.Host.Ipvsadm;

/// <summary>How reading a word ended.</summary>
internal enum ReadOutcome : byte
{
    Unknown = 0,
    Read,
    End,
    UnknownWord,
    MissingValue,
    UnwantedValue,
}

/// <summary>
/// Splits a command line into words with values: letters may stand together (<c>-Ln</c>), a value
/// may be glued (<c>-t10.0.0.1:80</c>, <c>--tcp-service=10.0.0.1:80</c>), <c>--</c> ends the words.
/// </summary>
internal sealed class WordReader(IReadOnlyList<string> arguments)
{
    private readonly List<string> _rest = [];
    private int _next;
    private string _letters = string.Empty;
    private bool _isOver;

    /// <summary>The word that was read.</summary>
    public Word Word { get; private set; }

    public string? Value { get; private set; }

    /// <summary>The argument in which reading stands, as it was written.</summary>
    public string Written => _next > 0 ? arguments[_next - 1] : string.Empty;

    /// <summary>Arguments that belong to no word.</summary>
    public IReadOnlyList<string> Rest => _rest;

    public ReadOutcome Read()
    {
        Value = null;
        if (_letters.Length > 0)
        {
            return ReadLetter();
        }

        while (_next < arguments.Count)
        {
            string argument = arguments[_next++];
            if (_isOver || argument.Length < 2 || argument[0] != '-')
            {
                _rest.Add(argument);
            }
            else if (argument == "--")
            {
                _isOver = true;
            }
            else if (argument[1] == '-')
            {
                return ReadLong(argument[2..]);
            }
            else
            {
                _letters = argument[1..];
                return ReadLetter();
            }
        }

        return ReadOutcome.End;
    }

    private ReadOutcome ReadLong(string text)
    {
        int equals = text.IndexOf('=');
        string name = equals < 0 ? text : text[..equals];
        if (Words.Find(name) is not { } form)
        {
            return ReadOutcome.UnknownWord;
        }

        Word = form.Word;
        if (equals < 0)
        {
            return TakeValue(form.Value);
        }

        Value = text[(equals + 1)..];
        return form.Value == ValueRule.None ? ReadOutcome.UnwantedValue : ReadOutcome.Read;
    }

    private ReadOutcome ReadLetter()
    {
        char letter = _letters[0];
        string others = _letters[1..];
        _letters = string.Empty;
        if (Words.Find(letter) is not { } form)
        {
            return ReadOutcome.UnknownWord;
        }

        Word = form.Word;
        if (form.Value == ValueRule.None)
        {
            _letters = others;
            return ReadOutcome.Read;
        }

        if (others.Length > 0)
        {
            Value = others[0] == '=' ? others[1..] : others;
            return ReadOutcome.Read;
        }

        return TakeValue(form.Value);
    }

    private ReadOutcome TakeValue(ValueRule rule)
    {
        if (rule == ValueRule.None)
        {
            return ReadOutcome.Read;
        }

        bool hasNext = _next < arguments.Count;
        if (rule == ValueRule.Optional)
        {
            if (hasNext && !arguments[_next].StartsWith('-'))
            {
                Value = arguments[_next++];
            }

            return ReadOutcome.Read;
        }

        if (!hasNext)
        {
            return ReadOutcome.MissingValue;
        }

        Value = arguments[_next++];
        return ReadOutcome.Read;
    }
}

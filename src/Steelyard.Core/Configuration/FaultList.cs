using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>
/// Collects what is wrong, in any order. A word is complained about once, for the first complaint
/// is the cause of the next; a file full of rubbish yields a bounded list.
/// </summary>
internal sealed class FaultList
{
    /// <summary>More than a person reads; fewer would hide the end of a real file.</summary>
    public const int Maximum = 100;

    // What is kept for sorting, so that late cross-checks find room behind a noisy file.
    private const int MaximumKept = 1024;

    private readonly List<ConfigFault> _faults = [];
    private readonly HashSet<(SourcePosition Position, bool IsWarning)> _positions = [];
    private readonly List<string> _files = [];

    public bool HasErrors { get; private set; }

    /// <summary>What is added now is lost: no need to look for a good sentence.</summary>
    public bool IsFull => _faults.Count >= MaximumKept;

    /// <summary>
    /// Names a file in reading order, which is the order of its faults in the list.
    /// </summary>
    public void AddFile(string file)
    {
        if (!_files.Contains(file))
        {
            _files.Add(file);
        }
    }

    public void Error(SourcePosition position, string sentence)
    {
        HasErrors = true;
        Add(new(position, sentence));
    }

    public void Warning(SourcePosition position, string sentence) =>
        Add(new(position, sentence, IsWarning: true));

    /// <summary>The faults by position; errors first to stay when there are too many.</summary>
    public ImmutableArray<ConfigFault> ToSorted()
    {
        IEnumerable<ConfigFault> kept = _faults;
        if (_faults.Count > Maximum)
        {
            kept = _faults.OrderBy(fault => fault.IsWarning).ThenBy(Order).Take(Maximum);
        }

        return [.. kept.OrderBy(Order)];
    }

    private void Add(ConfigFault fault)
    {
        bool isMinor = fault.IsWarning && _positions.Contains((fault.Position, false));
        if (!isMinor
            && !IsFull
            && _positions.Add((fault.Position, fault.IsWarning)))
        {
            _faults.Add(fault with { Sentence = Shown.Clean(fault.Sentence) });
        }
    }

    private (int File, int Line, int Column) Order(ConfigFault fault) =>
        (_files.IndexOf(fault.Position.File), fault.Position.Line, fault.Position.Column);
}

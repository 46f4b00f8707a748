using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.FrontPanel;

namespace Steelyard.Host.Panel;

/// <summary>One line of a panel as a board wires it.</summary>
/// <param name="Offset">The line's number on its gpiochip.</param>
/// <param name="IsActiveLow">The electrical low level means lit, or pressed.</param>
/// <param name="PullsUp">The chip's own pull-up resistor is switched on.</param>
public readonly record struct BoardLine(string Name, int Offset, bool IsActiveLow, bool PullsUp);

/// <summary>A board profile: which line of the gpiochip bears which name.</summary>
public sealed class PanelBoard
{
    public const string Simulated = "simulated";

    private readonly BoardLine[] _lines;

    private PanelBoard(BoardLine[] lines) => _lines = lines;

    /// <summary>The profile of a board of this machine.</summary>
    /// <exception cref="PanelException">No such board, or no such line.</exception>
    public static PanelBoard Load(string name) => BoardShelf.OfThisMachine.Load(name);

    public static PanelBoard Parse(string text) => new(
    [
        .. text.Split('\n')
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > 0)
            .Select(ReadLine),
    ]);

    /// <summary>The line of a name; a name that is a number is that line, active high.</summary>
    public BoardLine Find(string name)
    {
        foreach (BoardLine line in _lines)
        {
            if (line.Name == name)
            {
                return line;
            }
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int offset)
            ? new BoardLine(name, offset, IsActiveLow: false, PullsUp: false)
            : throw new PanelException(
                $"the board has no line '{name}'; its lines are {string.Join(", ", Names)}");
    }

    /// <summary>As <see cref="Find"/>; none when the board lacks that part of a panel.</summary>
    public BoardLine? FindOrNone(string name) =>
        PanelLines.All.Contains(name) && !Names.Contains(name) ? null : Find(name);

    public IEnumerable<string> Names => _lines.Select(line => line.Name);

    private static BoardLine ReadLine(string[] words)
    {
        bool isComplete = words.Length is 3 or 4
            && PanelLines.All.Contains(words[0])
            && words[2] is "active-high" or "active-low"
            && (words.Length == 3 || words[3] == "pull-up");
        if (!isComplete || !int.TryParse(
            words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int offset))
        {
            throw new PanelException($"a board line reads '{string.Join(' ', words)}'");
        }

        return new BoardLine(words[0], offset, words[2] == "active-low", words.Length == 4);
    }
}

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Spectre.Console.Rendering;

namespace Steelyard.Host.Lab;

/// <summary>What a screen shows of a part when there is little room.</summary>
/// <param name="Draw">Draws it in so many lines at most.</param>
/// <param name="Rank">Room is given in this order, the lowest first.</param>
internal readonly record struct ScreenPart(int Rank, Func<int, IRenderable> Draw);

/// <summary>
/// Parts one below the other, never higher than the terminal: what has the highest rank gives way
/// first. The last line stays empty, as the cursor's.
/// </summary>
internal sealed class FittedRows(ImmutableArray<ScreenPart> parts) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        RenderOptions free = options with { Height = null };
        int room = Math.Max(1, options.ConsoleSize.Height - 1);
        SegmentLine[][] drawn = new SegmentLine[parts.Length][];
        foreach (int index in Enumerable.Range(0, parts.Length).OrderBy(at => parts[at].Rank))
        {
            IRenderable part = parts[index].Draw(room);
            drawn[index] =
            [
                .. Segment.SplitLines(part.Render(free, maxWidth), maxWidth).Take(room),
            ];
            room -= drawn[index].Length;
        }

        return drawn.SelectMany(lines => lines)
            .SelectMany((line, at) => at == 0 ? line : [Segment.LineBreak, .. line]);
    }
}

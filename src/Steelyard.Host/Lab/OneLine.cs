using System.Collections.Generic;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Steelyard.Host.Lab;

/// <summary>Text that is cut where the terminal ends, and never wraps.</summary>
internal sealed class OneLine(string text, Style style) : IRenderable
{
    private const string Cut = "…";

    public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        Segment whole = new(text, style);
        return whole.CellCount() <= maxWidth
            ? [whole]
            : [.. Segment.Truncate([whole], maxWidth - 1), new Segment(Cut, style)];
    }
}

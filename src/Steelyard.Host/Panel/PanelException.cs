using System;

namespace Steelyard.Host.Panel;

/// <summary>
/// The panel cannot be used, for a reason told as a sentence. The box runs on without it.
/// </summary>
public sealed class PanelException : Exception
{
    public PanelException()
    {
    }

    public PanelException(string sentence)
        : base(sentence)
    {
    }

    public PanelException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

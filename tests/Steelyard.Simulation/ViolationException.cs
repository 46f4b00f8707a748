using System;

namespace Steelyard.Simulation;

/// <summary>Something happened that must never happen.</summary>
public sealed class ViolationException : Exception
{
    public ViolationException(string sentence)
        : base(sentence)
    {
    }

    public ViolationException()
    {
    }

    public ViolationException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

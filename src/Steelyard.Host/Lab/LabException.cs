using System;

namespace Steelyard.Host.Lab;

/// <summary>The lab cannot go on, for a reason told as a sentence.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string sentence)
        : base(sentence)
    {
    }

    public LabException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

using System;

namespace Steelyard.Host.Update;

/// <summary>There is no update, for a reason told as a sentence. What ran runs on.</summary>
public sealed class UpdateRefusedException : Exception
{
    public UpdateRefusedException()
    {
    }

    public UpdateRefusedException(string sentence)
        : base(sentence)
    {
    }

    public UpdateRefusedException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

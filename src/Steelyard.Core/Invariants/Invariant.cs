using System;
using System.Diagnostics.CodeAnalysis;

namespace Steelyard.Core.Invariants;

/// <summary>
/// Assertions that stay on in Release. A broken one ends the process: a dead router is replaced
/// by its twin, a wrong one is obeyed.
/// </summary>
public static class Invariant
{
    public static void Holds([DoesNotReturnIf(false)] bool condition, string sentence)
    {
        if (!condition)
        {
            Fail(sentence);
        }
    }

    [DoesNotReturn]
    private static void Fail(string sentence) => throw new InvariantException(sentence);
}

/// <summary>Our own mistake. Nothing catches it but the last line of the process.</summary>
public sealed class InvariantException : Exception
{
    public InvariantException(string sentence)
        : base(sentence)
    {
    }

    public InvariantException()
    {
    }

    public InvariantException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }
}

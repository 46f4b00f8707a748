using System;
using System.Globalization;
using System.IO;

namespace Steelyard.Simulation;

/// <summary>What happened, one line an event; silent unless somebody listens.</summary>
public sealed class Trace(Agenda agenda, TextWriter? writer)
{
    public bool IsOn => writer is not null;

    public void Say(string who, string sentence) => writer?.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{agenda.Now.Nanoseconds / 1_000_000.0,12:0.0000} ms  {who,-9} {sentence}"));

    /// <summary>A frame in a few words.</summary>
    public void Frame(string who, string verb, ReadOnlySpan<byte> frame)
    {
        if (IsOn)
        {
            Say(who, $"{verb} {FrameWords.Describe(frame)}");
        }
    }
}

using System;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Telemetry;

/// <summary>
/// What a person should know of the box for as long as it is so: a link without a key, a chip that
/// is not there, a room that does not start. Each room says its own sentences under its own name,
/// and takes them back by saying fewer. Any thread may; a picture of the box shows them.
/// </summary>
public sealed class StandingWarnings
{
    /// <summary>More than a person reads; the rest is counted.</summary>
    public const int MostShown = 50;

    /// <summary>Of one sentence, in characters: four lines of a terminal.</summary>
    public const int LongestSentence = 320;

    private ImmutableSortedDictionary<string, ImmutableArray<string>> _byRoom =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>By room's name, in the room's own order; none twice, all fit to show.</summary>
    public ImmutableArray<string> Shown
    {
        get
        {
            string[] all = [.. _byRoom.Values.SelectMany(sentences => sentences).Distinct()];
            int untold = all.Length - (MostShown - 1);
            return untold <= 1
                ? [.. all]
                : [.. all.Take(MostShown - 1), $"and {untold} more warnings"];
        }
    }

    /// <summary>What a room has to say from now on; nothing takes its words back.</summary>
    /// <param name="room">Its name, such as <c>telemetry</c>, or <c>link eth0</c>.</param>
    public void Set(string room, params ReadOnlySpan<string> sentences)
    {
        ImmutableArray<string>.Builder shown =
            ImmutableArray.CreateBuilder<string>(Math.Min(sentences.Length, MostShown));
        foreach (string sentence in sentences[..Math.Min(sentences.Length, MostShown)])
        {
            shown.Add(Fit(ShownText.Of(sentence)));
        }

        ImmutableArray<string> said = shown.ToImmutable();
        _ = ImmutableInterlocked.Update(
            ref _byRoom,
            (byRoom, it) => it.said.IsEmpty
                ? byRoom.Remove(it.room)
                : byRoom.SetItem(it.room, it.said),
            (room, said));
    }

    private static string Fit(string sentence) => sentence.Length <= LongestSentence
        ? sentence
        : string.Concat(WithoutHalf(sentence.AsSpan(0, LongestSentence - 1)), "…");

    /// <summary>No half of a character that takes two places stays behind at a cut.</summary>
    private static ReadOnlySpan<char> WithoutHalf(ReadOnlySpan<char> cut) =>
        char.IsHighSurrogate(cut[^1]) ? cut[..^1] : cut;
}

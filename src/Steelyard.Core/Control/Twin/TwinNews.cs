using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Steelyard.Core.Configuration;
using Steelyard.Core.Sync;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Core.Control.Twin;

/// <summary>
/// What a person hears of the sync channel. Whoever reaches it can cause news, so each kind is told
/// a few times and then once in ten seconds; what is refused is counted by reason, and stands in
/// the status as long as it goes on.
/// </summary>
internal sealed class TwinNews(IControlEffects effects)
{
    private const int Burst = 6;
    private const int Reasons = (int)SyncRefusal.TooOften + 1;
    private static readonly TimeSpan PerSentence = TimeSpan.FromSeconds(10);

    /// <summary>For so long after the last datagram a reason still stands.</summary>
    private static readonly TimeSpan Stands = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<string, NewsLimit> _limits = new(StringComparer.Ordinal);
    private readonly long[] _counts = new long[Reasons];
    private readonly Instant[] _until = new Instant[Reasons];

    /// <summary>What was not heard, by reason; only what occurred.</summary>
    public ImmutableSortedDictionary<string, long> Refused
    {
        get
        {
            var refused =
                ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
            for (int reason = 1; reason < Reasons; reason++)
            {
                if (_counts[reason] > 0)
                {
                    refused[Words.Of((SyncRefusal)reason)] = _counts[reason];
                }
            }

            return refused.ToImmutable();
        }
    }

    /// <summary>Tells it, unless its kind was told too often.</summary>
    /// <param name="kind">What is limited together; constant words only.</param>
    public void Tell(
        string kind, EventSeverity severity, string subject, string sentence, Instant now)
    {
        if (!_limits.TryGetValue(kind, out NewsLimit? limit))
        {
            limit = new(PerSentence, Burst);
            _limits.Add(kind, limit);
        }

        if (limit.Pass(sentence, now) is string told)
        {
            effects.Report(new BoxEvent(severity, "twin", subject, told));
        }
    }

    /// <summary>Something was not heard; a person hears of it when it begins.</summary>
    public void OnRefusal(SyncRefusal reason, Instant now)
    {
        _counts[(int)reason]++;
        bool begins = now >= _until[(int)reason];
        _until[(int)reason] = now + Stands;
        if (begins && Explain(reason) is string sentence)
        {
            Tell(Words.Of(reason), EventSeverity.Warning, "sync", sentence, now);
        }
    }

    /// <summary>What a person should know as long as it is so.</summary>
    public string[] Standing(ApplianceConfig config, bool hasDaemon, Instant now)
    {
        List<string> standing = [];
        if (config.Sync is SyncConfig sync && config.SyncKeys.IsEmpty)
        {
            standing.Add(
                $"the sync channel on {sync.Interface} has no key: whoever reaches it can command "
                + "a failover and fill the table; it must be a private link, or give both boxes "
                + "the same 'sync { key … }'");
        }

        if (hasDaemon)
        {
            standing.Add(
                "a sync daemon that a command has started speaks the kernel's protocol, which "
                + "cannot be authenticated: its link must be a private one");
        }

        for (int reason = 1; reason < Reasons; reason++)
        {
            if (now < _until[reason] && Explain((SyncRefusal)reason) is string sentence)
            {
                standing.Add(sentence);
            }
        }

        return [.. standing];
    }

    /// <summary>What there is to do about it; null for what mends itself.</summary>
    private static string? Explain(SyncRefusal reason) => reason switch
    {
        SyncRefusal.Plain =>
            "somebody speaks on the sync channel without a key, and is not heard: does the twin "
            + "have the same 'sync { key … }'? (a Linux twin cannot have one)",
        SyncRefusal.Sealed =>
            "somebody on the sync channel has a key, and this box has none: it is not heard; give "
            + "this box the same 'sync { key … }'",
        SyncRefusal.UnknownKey =>
            "somebody on the sync channel has another key, and is not heard: compare the keys of "
            + "both boxes",
        SyncRefusal.WrongTag =>
            "datagrams on the sync channel are forged, or spoiled on their way: they are not heard",
        SyncRefusal.TooOften =>
            "the sync channel brings a new twin again and again: somebody forges it, or the twin "
            + "keeps starting",
        _ => null,
    };
}

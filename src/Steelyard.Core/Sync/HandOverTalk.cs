using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Time;

namespace Steelyard.Core.Sync;

/// <summary>
/// The part of the conversation that is about handing over. Questions carry a sequence number and
/// are repeated until answered; a question that comes again is answered again, and done once.
/// </summary>
internal sealed class HandOverTalk(TwinVoice voice, ITwinEffects effects)
{
    private const int MaximumTries = 4;
    private const int MaximumAsks = 32;
    private const int RememberedAnswers = 8;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(30);

    private readonly List<Ask> _asks = new(MaximumAsks);
    private readonly Queue<Answer> _answers = new(RememberedAnswers);
    private uint _sequence;

    public Instant Deadline
    {
        get
        {
            Instant deadline = Instant.Never;
            foreach (Ask ask in _asks)
            {
                deadline = Instant.Earlier(deadline, ask.NextAt);
            }

            return deadline;
        }
    }

    /// <summary>Asks, and keeps asking. False when too many questions are open.</summary>
    public bool Begin(
        TwinMessageKind kind, string group, ImmutableArray<byte> virtualRouterIds, Instant now)
    {
        if (_asks.Any(open => open.Kind == kind && open.Group == group))
        {
            return true;
        }

        if (_asks.Count == MaximumAsks)
        {
            return false;
        }

        _sequence++;
        var ask = new Ask(kind, _sequence, group, virtualRouterIds, 0, now);
        _asks.Add(ask);
        Repeat(_asks.Count - 1, now);
        return true;
    }

    public void OnDeadline(Instant now)
    {
        for (int index = _asks.Count - 1; index >= 0; index--)
        {
            if (now < _asks[index].NextAt)
            {
                continue;
            }

            if (_asks[index].Tries < MaximumTries)
            {
                Repeat(index, now);
            }
            else
            {
                Close(index, "the twin did not answer", now);
            }
        }
    }

    public void OnQuestion(in TwinMessage message, Instant now)
    {
        uint sequence = message.Sequence;
        foreach (Answer given in _answers)
        {
            if (given.BootId == message.BootId && given.Sequence == sequence)
            {
                Say(given);
                return;
            }
        }

        ReadOnlySpan<byte> virtualRouterIds = message.VirtualRouterIds.AsSpan();
        string? refusal = message.Kind == TwinMessageKind.HandOverRequest
            ? effects.TakeOver(message.Text, virtualRouterIds, now)
            : effects.HandOver(message.Text, virtualRouterIds, now);
        var answer = new Answer(message.BootId, sequence, refusal);
        if (_answers.Count == RememberedAnswers)
        {
            _ = _answers.Dequeue();
        }

        _answers.Enqueue(answer);
        Say(answer);
    }

    public void OnAnswer(in TwinMessage message, Instant now)
    {
        uint sequence = message.Sequence;
        int index = _asks.FindIndex(ask => ask.Sequence == sequence);
        if (index >= 0)
        {
            bool isRefused = (message.Flags & TwinMessage.Refused) != 0;
            Close(index, isRefused ? message.Text : null, now);
        }
    }

    public void OnTwinLost(Instant now)
    {
        for (int index = _asks.Count - 1; index >= 0; index--)
        {
            Close(index, "the twin fell silent", now);
        }
    }

    private void Repeat(int index, Instant now)
    {
        Ask ask = _asks[index];
        _asks[index] = ask with { Tries = ask.Tries + 1, NextAt = now + RetryAfter };
        voice.Say(ask.Kind, ask.Sequence, ask.Group, ask.VirtualRouterIds);
    }

    private void Close(int index, string? refusal, Instant now)
    {
        Ask ask = _asks[index];
        _asks.RemoveAt(index);
        if (ask.Kind == TwinMessageKind.HandOverRequest)
        {
            effects.OnHandOverAnswered(ask.Group, refusal, now);
        }
        else if (refusal is not null)
        {
            effects.OnTwinNotice(
                $"the twin does not hand over {ask.Group}: {refusal}", now);
        }
    }

    private void Say(in Answer answer) => voice.Say(
        TwinMessageKind.HandOverAnswer,
        answer.Sequence,
        answer.Refusal ?? string.Empty,
        flags: answer.Refusal is null ? (byte)0 : TwinMessage.Refused);

    private readonly record struct Ask(
        TwinMessageKind Kind,
        uint Sequence,
        string Group,
        ImmutableArray<byte> VirtualRouterIds,
        int Tries,
        Instant NextAt);

    private readonly record struct Answer(ulong BootId, uint Sequence, string? Refusal);
}

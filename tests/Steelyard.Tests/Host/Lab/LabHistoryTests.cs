using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

/// <summary>A probe each 10 ms, a request each 100 ms, over a minute.</summary>
public sealed class LabHistoryTests
{
    private readonly LabHistory _history = new();
    private readonly GapMeter _probes = new(20_000);
    private readonly LabTally _tally = new();
    private readonly Queue<OpenRequest> _waiting = [];

    [Fact]
    public void A_deed_that_nobody_noticed_is_over_after_its_five_seconds()
    {
        Run(0, 1, answered: true);
        _history.Add("pressed", At(1));
        Run(1, 6.4, answered: true);
        Assert.False(Look(6.4).IsFinal);

        Run(6.4, 6.6, answered: true);

        Assert.Equal(new DeedOutcome(TimeSpan.Zero, false, 0, 0, true), Look(6.6));
    }

    [Fact]
    public void A_deed_is_watched_until_the_probes_are_answered_again()
    {
        Run(0, 1, answered: true);
        _history.Add("both dead", At(1));
        Run(1, 31, answered: false);
        DeedOutcome meanwhile = Look(31);
        Run(31, 40, answered: true);

        DeedOutcome after = Look(40);

        Assert.True(meanwhile.IsSilent);
        Assert.Equal(29.99, meanwhile.Gap.TotalSeconds, 3);
        Assert.Equal((250, 41), (meanwhile.Failed, meanwhile.Waiting));
        Assert.Equal(
            new DeedOutcome(TimeSpan.FromSeconds(30), false, 300, 0, true), after);
    }

    /// <summary>As when requests are refused at once, and none waits.</summary>
    [Fact]
    public void A_silence_alone_keeps_a_deed_watched()
    {
        _history.Add("killed", At(0));
        for (int second = 0; second < 20; second++)
        {
            _ = _probes.OnSent(At(second));
        }

        Assert.Equal(new DeedOutcome(TimeSpan.FromSeconds(19), true, 0, 0, false), Look(20));
    }

    /// <summary>Of a tenth of a second before it: its requests were under way.</summary>
    [Fact]
    public void The_next_deed_ends_one_but_not_its_silence()
    {
        _history.Add("killed", At(0));
        Run(0, 2, answered: false);
        _history.Add("switched on", At(2));
        Run(2, 3, answered: false);
        Run(3, 20, answered: true);
        _ = Look(20);

        Assert.Equal(
            [1_000, 3_000], _history.Last.Select(deed => deed.Seen!.Value.Gap.TotalMilliseconds));
        Assert.Equal([11, 30], _history.Last.Select(deed => deed.Seen!.Value.Failed));
    }

    [Fact]
    public void What_is_final_does_not_change()
    {
        _history.Add("pressed", At(0));
        Run(0, 6, answered: true);
        DeedOutcome final = Look(6);
        Run(6, 10, answered: false);

        Assert.True(final.IsFinal);
        Assert.Equal(final, Look(10));
    }

    [Fact]
    public void Six_deeds_are_kept_the_newest_first()
    {
        foreach (int deed in Enumerable.Range(0, 8))
        {
            _history.Add($"{deed}", At(deed));
        }

        Assert.Equal("7 6 5 4 3 2", string.Join(' ', _history.Last.Select(deed => deed.Sentence)));
    }

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private DeedOutcome Look(double now)
    {
        _history.Look(_probes, _tally, At(now));
        return _history.Last[0].Seen!.Value;
    }

    /// <summary>A request without an answer fails after five seconds.</summary>
    private void Run(double from, double to, bool answered)
    {
        for (int step = (int)Math.Round(from * 100); step < (int)Math.Round(to * 100); step++)
        {
            double now = step / 100.0;
            long probe = _probes.OnSent(At(now));
            if (answered)
            {
                _probes.OnAnswered(probe);
            }

            while (_waiting.Count > 0 && _waiting.Peek().StartedAt <= At(now - 5))
            {
                _tally.OnFailure(_waiting.Dequeue(), "no answer", At(now));
            }

            if (step % 10 == 0)
            {
                OpenRequest request = _tally.Begin(At(now));
                if (answered)
                {
                    _tally.OnAnswer(request, "server-1", At(now));
                }
                else
                {
                    _waiting.Enqueue(request);
                }
            }
        }
    }
}

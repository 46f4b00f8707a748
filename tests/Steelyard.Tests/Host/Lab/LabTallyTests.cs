using System;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabTallyTests
{
    private readonly LabTally _tally = new();

    [Fact]
    public void Every_request_that_ended_counts_once_with_its_server_or_its_reason()
    {
        Answer("server-1", 0);
        Answer("server-3", 0);
        Answer("server-3", 0);
        Fail("connection refused", 0, 1);

        Assert.Equal(4, _tally.Requests);
        Assert.Equal(1, _tally.Failed);
        Assert.Equal([1L, 0L, 2L], _tally.PerServer.Values);
        Assert.Equal(("connection refused", 1), Assert.Single(_tally.Reasons));
    }

    [Fact]
    public void Failures_belong_to_the_time_in_which_their_request_began()
    {
        Fail("late", 1, 9);
        Fail("late", 2, 9);
        Fail("late", 3.5, 9);

        Assert.Equal(2, _tally.FailedBetween(At(2), At(3.5)));
    }

    [Fact]
    public void A_failure_is_news_from_its_end_on()
    {
        Fail("late", 1, 6);
        Fail("late", 8, 8);

        Assert.Equal(2, _tally.FailedSince(At(6)));
        Assert.Equal(1, _tally.FailedSince(At(6.1)));
    }

    [Fact]
    public void What_waits_has_neither_failed_nor_been_answered()
    {
        OpenRequest first = _tally.Begin(At(1));
        _ = _tally.Begin(At(2));

        Assert.Equal(0, _tally.Requests);
        Assert.Equal(2, _tally.OpenBetween(At(1), At(2)));
        _tally.OnAnswer(first, "server-1", At(3));
        Assert.Equal(1, _tally.OpenBetween(At(0), At(5)));
    }

    [Fact]
    public void More_failures_than_are_remembered_still_count()
    {
        const int Many = 500_001;
        for (int request = 0; request < Many; request++)
        {
            Fail("no answer in 5 s", 1, 6);
        }

        Assert.Equal(Many, _tally.Failed);
        Assert.Equal(("no answer in 5 s", Many), Assert.Single(_tally.Reasons));
    }

    [Fact]
    public void What_a_server_says_cannot_make_the_reasons_grow_without_end()
    {
        for (int request = 0; request < 100; request++)
        {
            Fail($"answered '{request}'", 1, 6);
        }

        Assert.Equal(33, _tally.Reasons.Length);
        Assert.Equal(("other", 68), _tally.Reasons[0]);
    }

    [Fact]
    public void After_a_restart_what_was_begun_before_does_not_count()
    {
        OpenRequest answered = _tally.Begin(At(1));
        OpenRequest failed = _tally.Begin(At(1));
        Fail("refused", 1, 1);

        _tally.Restart();
        _tally.OnAnswer(answered, "server-1", At(2));
        _tally.OnFailure(failed, "late", At(6));

        Assert.Equal((0L, 0L), (_tally.Requests, _tally.Failed));
        Assert.Empty(_tally.Reasons);
        Assert.Equal([0L, 0L, 0L], _tally.PerServer.Values);
        Assert.Equal(0, _tally.FailedSince(At(0)) + _tally.OpenBetween(At(0), At(9)));
    }

    [Fact]
    public void The_last_seconds_are_whole_ones_and_empty_ones_are_zero()
    {
        Answer("server-1", 100.1);
        Answer("server-1", 100.9);
        Answer("server-1", 102.5);
        Answer("server-1", 103.1);

        Assert.Equal([0, 2, 0, 1], _tally.LastSeconds(4, At(103.9)).ToArray());
    }

    [Fact]
    public void After_a_long_silence_the_last_seconds_are_empty()
    {
        Answer("server-1", 100);

        Assert.Equal([0, 0, 0], _tally.LastSeconds(3, At(1000)).ToArray());
    }

    private void Answer(string server, double at) =>
        _tally.OnAnswer(_tally.Begin(At(at)), server, At(at));

    private void Fail(string reason, double startedAt, double endedAt) =>
        _tally.OnFailure(_tally.Begin(At(startedAt)), reason, At(endedAt));

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}

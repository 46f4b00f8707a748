using System;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabWarmUpTests
{
    private readonly LabTally _tally = new();
    private readonly LabWarmUp _warmUp = new();

    [Fact]
    public void It_ends_after_two_good_seconds_and_what_was_before_does_not_count()
    {
        _warmUp.Look(_tally, At(10));
        Fail(10);
        Answer(10.5);
        Answer(11.5);
        _warmUp.Look(_tally, At(12));
        Assert.False(_warmUp.IsOver);
        Answer(12.5);

        _warmUp.Look(_tally, At(13.1));

        Assert.True(_warmUp.IsOver);
        Assert.Equal(0, _tally.Failed + _tally.Requests);
    }

    [Fact]
    public void A_request_that_waits_for_long_is_not_good()
    {
        _warmUp.Look(_tally, At(10));
        _ = _tally.Begin(At(10));
        Answer(11.5);

        _warmUp.Look(_tally, At(12.1));

        Assert.False(_warmUp.IsOver);
    }

    [Fact]
    public void Silence_is_not_good_either()
    {
        _warmUp.Look(_tally, At(10));

        _warmUp.Look(_tally, At(20));

        Assert.False(_warmUp.IsOver);
    }

    [Fact]
    public void It_ends_after_half_a_minute_whatever_it_was()
    {
        _warmUp.Look(_tally, At(10));
        Fail(39);
        _warmUp.Look(_tally, At(39.9));
        Assert.False(_warmUp.IsOver);

        _warmUp.Look(_tally, At(40));

        Assert.True(_warmUp.IsOver);
    }

    [Fact]
    public void It_ends_once()
    {
        _warmUp.End(_tally);
        Fail(1);

        _warmUp.End(_tally);
        _warmUp.Look(_tally, At(100));

        Assert.Equal(1, _tally.Failed);
    }

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);

    private void Answer(double at) =>
        _tally.OnAnswer(_tally.Begin(At(at)), "server-1", At(at));

    private void Fail(double at) => _tally.OnFailure(_tally.Begin(At(at)), "refused", At(at));
}

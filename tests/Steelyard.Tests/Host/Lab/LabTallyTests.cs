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
        _tally.OnAnswer("server-1", At(0));
        _tally.OnAnswer("server-3", At(0));
        _tally.OnAnswer("server-3", At(0));
        _tally.OnFailure(new FailedRequest(At(1), "connection refused"));

        Assert.Equal(4, _tally.Requests);
        Assert.Equal(1, _tally.Failed);
        Assert.Equal([1L, 0L, 2L], _tally.PerServer.Values);
        Assert.Equal(("connection refused", 1), Assert.Single(_tally.Reasons));
    }

    [Fact]
    public void Failures_belong_to_the_time_in_which_their_request_began()
    {
        _tally.OnFailure(new FailedRequest(At(1), "late"));
        _tally.OnFailure(new FailedRequest(At(2), "late"));
        _tally.OnFailure(new FailedRequest(At(3.5), "late"));

        Assert.Equal(2, _tally.FailedBetween(At(2), At(3.5)));
    }

    [Fact]
    public void The_last_seconds_are_whole_ones_and_empty_ones_are_zero()
    {
        _tally.OnAnswer("server-1", At(100.1));
        _tally.OnAnswer("server-1", At(100.9));
        _tally.OnAnswer("server-1", At(102.5));
        _tally.OnAnswer("server-1", At(103.1));

        Assert.Equal([0, 2, 0, 1], _tally.LastSeconds(4, At(103.9)).ToArray());
    }

    [Fact]
    public void After_a_long_silence_the_last_seconds_are_empty()
    {
        _tally.OnAnswer("server-1", At(100));

        Assert.Equal([0, 0, 0], _tally.LastSeconds(3, At(1000)).ToArray());
    }

    private static Instant At(double seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}

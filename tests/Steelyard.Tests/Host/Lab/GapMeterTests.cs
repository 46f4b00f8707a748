using System;
using System.Linq;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class GapMeterTests
{
    private const int Capacity = 64;
    private readonly GapMeter _meter = new(Capacity);
    private int _now;

    [Theory]
    [InlineData("aaaaaaaa", 0)]
    [InlineData("aa..aaaa", 2)]
    [InlineData("a.a...aa", 3)]
    [InlineData("a......", 5)]
    [InlineData("....aaaa", 4)]
    public void A_gap_runs_from_the_first_missed_probe_to_the_next_answered_one(
        string probes, int gapMs)
    {
        Send(probes);

        Assert.Equal(TimeSpan.FromMilliseconds(gapMs), _meter.LongestGap(At(0), At(1000)));
    }

    [Fact]
    public void A_stall_of_the_sender_is_no_gap()
    {
        _meter.OnAnswered(_meter.OnSent(At(0)));
        _meter.OnAnswered(_meter.OnSent(At(500)));

        Assert.Equal(TimeSpan.Zero, _meter.LongestGap(At(0), At(1000)));
    }

    [Fact]
    public void Only_probes_sent_in_the_window_open_a_gap()
    {
        Send("a....a..a");

        Assert.Equal(TimeSpan.FromMilliseconds(2), _meter.LongestGap(At(5), At(1000)));
        Assert.Equal(TimeSpan.FromMilliseconds(4), _meter.LongestGap(At(0), At(4)));
    }

    [Fact]
    public void Answers_may_come_late_and_in_any_order()
    {
        long[] numbers = [.. Enumerable.Range(0, 6).Select(at => _meter.OnSent(At(at)))];

        foreach (long number in numbers.Reverse())
        {
            _meter.OnAnswered(number);
        }

        Assert.Equal(TimeSpan.Zero, _meter.LongestGap(At(0), At(1000)));
    }

    [Fact]
    public void Forgotten_probes_count_no_more_and_their_late_answers_answer_nothing_else()
    {
        Send("." + new string('a', Capacity - 1));
        long reused = _meter.OnSent(At(_now++));

        _meter.OnAnswered(0);

        Assert.Equal(Capacity, reused);
        Send("aaa");
        Assert.Equal(TimeSpan.FromMilliseconds(1), _meter.LongestGap(At(0), At(1000)));
    }

    [Fact]
    public void A_gap_longer_than_the_memory_still_has_its_whole_length()
    {
        Send("aa");
        Send(new string('.', 10 * Capacity));

        Assert.Equal(
            new GapReading(TimeSpan.FromMilliseconds((10 * Capacity) - 1), true, null),
            _meter.Read(At(0), At(5)));

        Send("aa");

        int end = (10 * Capacity) + 2;
        Assert.Equal(
            new GapReading(TimeSpan.FromMilliseconds(end - 2), false, At(end)),
            _meter.Read(At(0), At(5)));
        Assert.Equal(TimeSpan.FromMilliseconds(10), _meter.LongestGap(At(end - 10), At(10_000)));
    }

    [Fact]
    public void A_gap_that_began_in_the_window_is_open_until_a_probe_is_answered()
    {
        Send("aa...");

        Assert.True(_meter.Read(At(0), At(3)).IsOpen);
        Assert.False(_meter.Read(At(0), At(1)).IsOpen);
        Send("a");
        Assert.Equal(
            new GapReading(TimeSpan.FromMilliseconds(3), false, At(5)), _meter.Read(At(0), At(3)));
    }

    private static Instant At(int milliseconds) =>
        Instant.Zero + TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>A probe each millisecond: <c>a</c> is answered, a dot is not.</summary>
    private void Send(string probes)
    {
        foreach (char probe in probes)
        {
            long number = _meter.OnSent(At(_now++));
            if (probe == 'a')
            {
                _meter.OnAnswered(number);
            }
        }
    }
}

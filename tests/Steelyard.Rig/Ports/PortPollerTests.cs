using System;
using System.Threading;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>Waiting: for a deadline, a call, a frame. Needs no rights, but a real clock.</summary>
public sealed class PortPollerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_wait_ends_at_its_deadline(int busyPollMicroseconds)
    {
        using PortPoller poller = new(TimeSpan.FromMicroseconds(busyPollMicroseconds));
        Instant deadline = MonotonicClock.Now + Short;

        bool happened = poller.Wait(deadline);

        Assert.False(happened);
        Assert.True(MonotonicClock.Now >= deadline);
    }

    [Fact]
    public void A_deadline_of_the_past_does_not_wait()
    {
        using PortPoller poller = new();

        Assert.False(poller.Wait(Instant.Zero));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_call_ends_the_wait_or_the_next_one(int busyPollMicroseconds)
    {
        using PortPoller poller = new(TimeSpan.FromMicroseconds(busyPollMicroseconds));
        poller.Wake();
        Assert.True(poller.Wait(Instant.Never));
        Assert.False(poller.Wait(MonotonicClock.Now + Short));
        Thread caller = new(() =>
        {
            Thread.Sleep(Short);
            poller.Wake();
        });
        caller.Start();

        Assert.True(poller.Wait(Instant.Never));
        caller.Join();
    }

    [Fact]
    public void No_call_is_lost_between_two_busy_threads()
    {
        const int Rounds = 20_000;
        using PortPoller poller = new();
        using PortPoller answers = new();
        int given = 0;
        int taken = 0;
        Thread other = new(() =>
        {
            for (int round = 1; round <= Rounds; round++)
            {
                while (Volatile.Read(ref given) < round)
                {
                    Assert.True(poller.Wait(MonotonicClock.Now + Wire.Patience));
                }

                Volatile.Write(ref taken, round);
                answers.Wake();
            }
        });
        other.Start();
        for (int round = 1; round <= Rounds; round++)
        {
            Volatile.Write(ref given, round);
            poller.Wake();
            while (Volatile.Read(ref taken) < round)
            {
                Assert.True(answers.Wait(MonotonicClock.Now + Wire.Patience), $"round {round}");
            }
        }

        other.Join();
    }

    [Fact]
    public void A_signalled_event_ends_the_wait_until_it_is_cleared()
    {
        using PortPoller poller = new();
        using EventFd signal = new();
        poller.Add(signal);

        signal.Signal();
        Assert.True(poller.Wait(Instant.Never));
        Assert.True(poller.Wait(Instant.Never));
        Assert.True(signal.Clear());
        Assert.False(signal.Clear());

        Assert.False(poller.Wait(MonotonicClock.Now + Short));
    }
}

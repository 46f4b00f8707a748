using System;
using System.Linq;
using Steelyard.Core.Telemetry;

namespace Steelyard.Tests.Telemetry;

public sealed class EventRingTests
{
    private static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Events_are_kept_oldest_first_and_numbered()
    {
        EventRing ring = new(3);

        ring.Add(Event("a"), Noon);
        ring.Add(Event("b"), Noon.AddSeconds(1));

        Assert.Equal(2, ring.Count);
        Assert.Equal(0, ring.Dropped);
        Assert.Equal(new StampedEvent(1, Noon, Event("a")), ring[0]);
        Assert.Equal(new StampedEvent(2, Noon.AddSeconds(1), Event("b")), ring[1]);
    }

    [Fact]
    public void A_full_ring_drops_the_oldest_and_counts_it()
    {
        EventRing ring = new(3);

        foreach (string subject in new[] { "a", "b", "c", "d", "e" })
        {
            ring.Add(Event(subject), Noon);
        }

        Assert.Equal(2, ring.Dropped);
        Assert.Equal(
            ["c", "d", "e"],
            Enumerable.Range(0, ring.Count).Select(index => ring[index].Event.Subject));
        Assert.Equal(5, ring[2].Sequence);
    }

    [Fact]
    public void A_history_keeps_the_last_rounds_oldest_first()
    {
        RateHistory history = new(2);

        history.Add(new(1, 0, 0, 0, 0));
        history.Add(new(2, 0, 0, 0, 0));
        history.Add(new(3, 0, 0, 0, 0));

        Assert.Equal(2, history.Count);
        Assert.Equal(2, history[0].ConnectionsPerSecond);
        Assert.Equal(3, history[1].ConnectionsPerSecond);
    }

    private static BoxEvent Event(string subject) =>
        new(EventSeverity.Information, "role", subject, "It happened.");
}

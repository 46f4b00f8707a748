using System;
using System.Linq;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Telemetry;

public sealed class LatenessTests
{
    [Fact]
    public void Each_lateness_counts_in_the_first_bucket_that_reaches_it()
    {
        Lateness late = new();

        late.Add(TimeSpan.Zero);
        late.Add(TimeSpan.FromMilliseconds(1));
        late.Add(TimeSpan.FromMilliseconds(1.001));
        late.Add(TimeSpan.FromMilliseconds(20));
        late.Add(TimeSpan.FromSeconds(7));

        LatenessCounts counts = late.Take();
        Assert.Equal([2, 1, 0, 0, 1, 0, 0, 0, 0, 1], counts.Buckets.Select(it => it.Count));
        Assert.Equal([1, 2, 5, 10, 20, 50, 100, 200, 500, null],
            counts.Buckets.Select(it => it.UpToMs));
        Assert.Equal(7000, counts.WorstMs);
    }

    [Fact]
    public void What_is_due_at_once_has_no_time_that_it_could_miss()
    {
        Lateness late = new();

        late.Add(Instant.Zero, Instant.Zero + TimeSpan.FromHours(2));
        Instant due = Instant.Zero + TimeSpan.FromHours(1);
        late.Add(due, due + TimeSpan.FromMilliseconds(3));

        Assert.Equal(1, late.Take().Over(2));
        Assert.Equal(3, late.Take().WorstMs);
    }

    [Fact]
    public void What_lies_on_a_bound_is_not_over_it()
    {
        Lateness late = new();

        late.Add(TimeSpan.FromMilliseconds(10));
        late.Add(TimeSpan.FromMilliseconds(11));
        late.Add(TimeSpan.FromSeconds(1));

        Assert.Equal(2, late.Take().Over(10));
        Assert.Equal(3, late.Take().Over(1));
        Assert.Equal(1, late.Take().Over(100));
    }
}

using System;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Telemetry;

public sealed class NewsLimitTests
{
    [Fact]
    public void A_burst_passes_and_then_one_each_so_often_with_the_count_of_the_rest()
    {
        NewsLimit limit = new(TimeSpan.FromSeconds(10), burst: 2);
        Instant now = Instant.Zero;

        Assert.Equal("a", limit.Pass("a", now));
        Assert.Equal("a", limit.Pass("a", now));
        Assert.Null(limit.Pass("a", now));
        Assert.Null(limit.Pass("a", now + TimeSpan.FromSeconds(9.9)));
        Assert.Equal(
            "a (and 2 more such since)", limit.Pass("a", now + TimeSpan.FromSeconds(10)));
        Assert.Null(limit.Pass("a", now + TimeSpan.FromSeconds(19.9)));
    }
}

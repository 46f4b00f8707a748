using System;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Host.Update;

public sealed class ReleaseOrderTests
{
    /// <summary>Oldest first; the middle is semver.org's own example, §11.4.</summary>
    private static readonly string[] Ordered =
    [
        "0.1", "0.1.2", "0.1.10", "0.2.0~dev", "0.2.0", "0.10.0",
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
        "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0.1", "2.0",
    ];

    [Fact]
    public void Every_version_is_newer_than_all_before_it()
    {
        for (int index = 0; index < Ordered.Length; index++)
        {
            for (int other = 0; other < Ordered.Length; other++)
            {
                int order = ReleaseOrder.Compare(Ordered[index], Ordered[other]);

                Assert.True(
                    Math.Sign(order) == index.CompareTo(other),
                    $"{Ordered[index]} to {Ordered[other]} is {order}");
            }
        }
    }

    [Theory]
    [InlineData("1.2.3", "v1.2.3")]
    [InlineData("1.2.3+abc", "1.2.3+def")]
    [InlineData("1.02.3", "1.2.3")]
    public void What_does_not_count_makes_no_difference(string first, string second)
    {
        Assert.Equal(0, ReleaseOrder.Compare(first, second));
    }
}

using Steelyard.Core.Configuration;
using Steelyard.Host.Loops;

namespace Steelyard.Tests.Host.Loops;

public sealed class ConnectionRoomTests
{
    /// <summary>
    /// One eighth of memory at 160 bytes a connection, within bounds; never more than half of it.
    /// </summary>
    [Theory]
    [InlineData(null, 1L << 20, 65_536)]
    [InlineData(null, 1_280_000_000, 1_000_000)]
    [InlineData(null, 1L << 40, 8_388_608)]
    [InlineData(1000, 1L << 40, 1000)]
    [InlineData(1 << 28, 3_200_000_000, 10_000_000)]
    [InlineData(70_000, 1L << 20, 65_536)]
    public void The_file_says_how_many_connections_fit_or_memory_does(
        int? limit, long memoryBytes, int expected)
    {
        ApplianceConfig config = new() { ConnectionLimit = limit };

        Assert.Equal(expected, ConnectionRoom.For(config, memoryBytes));
    }

    [Fact]
    public void A_reload_says_that_another_limit_needs_a_restart()
    {
        ConfigDifference difference = ConfigDifference.Between(
            new ApplianceConfig(), new ApplianceConfig { ConnectionLimit = 1000 });

        Assert.Equal(
            "connection_limit changes at a restart alone", ReloadSummary.Of(difference));
    }
}

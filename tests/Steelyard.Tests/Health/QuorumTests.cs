using Steelyard.Core.Health;

namespace Steelyard.Tests.Health;

/// <summary>Thresholds of keepalived.conf(5): quorum ± hysteresis.</summary>
public sealed class QuorumTests
{
    [Theory]
    [InlineData(1, 0, 1, true)]
    [InlineData(1, 0, 0, false)]
    [InlineData(5, 2, 3, true)]
    [InlineData(5, 2, 2, false)]
    [InlineData(1, 1, 0, false)]
    public void An_up_service_goes_down_below_quorum_minus_hysteresis_or_at_nothing(
        int quorum, int hysteresis, long weight, bool isUp)
    {
        Quorum judged = new(quorum, hysteresis);

        bool changed = judged.OnWeight(weight);

        Assert.Equal(isUp, judged.IsUp);
        Assert.Equal(!isUp, changed);
    }

    [Theory]
    [InlineData(5, 2, 6, false)]
    [InlineData(5, 2, 7, true)]
    [InlineData(1, 0, 1, true)]
    public void A_down_service_comes_up_at_quorum_plus_hysteresis(
        int quorum, int hysteresis, long weight, bool isUp)
    {
        Quorum judged = new(quorum, hysteresis);
        _ = judged.OnWeight(0);

        bool changed = judged.OnWeight(weight);

        Assert.Equal(isUp, judged.IsUp);
        Assert.Equal(isUp, changed);
    }

    [Fact]
    public void A_quorum_beyond_every_number_does_not_overflow()
    {
        Quorum judged = new(int.MaxValue, int.MaxValue, startsDown: true);

        Assert.False(judged.OnWeight(int.MaxValue));
        Assert.False(judged.IsUp);
    }
}
